#include "gateway/state/state_directory.hpp"

#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <utility>

#include "gateway/state/write_whole.hpp"

namespace gateway {
namespace {

std::string variable(const char* name) {
  const char* const value = std::getenv(name);
  return value ? value : "";
}

}  // namespace

std::string state_path(const std::string& configured) {
  if (!configured.empty()) return configured;
  // systemd names several, with colons between them.
  const std::string given = variable("STATE_DIRECTORY");
  if (!given.empty()) return given.substr(0, given.find(':'));
  if (::geteuid() == 0) return "/var/lib/isocost";
  const std::string state = variable("XDG_STATE_HOME"), home = variable("HOME");
  if (!state.empty()) return state + "/isocost";
  return home.empty() ? std::string() : home + "/.local/state/isocost";
}

bool is_state_expected(const std::string& configured) {
  std::error_code error;
  const std::string path = state_path(configured);
  // Where nobody may look it is not known to be away.
  return !configured.empty() || !variable("STATE_DIRECTORY").empty() ||
         (!path.empty() && (std::filesystem::exists(path, error) || error));
}

std::string unusable_in(const std::string& path) {
  constexpr std::array names{"owner.lock",    "keys.sqlite",       "keys.sqlite-wal",  "keys.sqlite-shm",
                             "ledger.sqlite", "ledger.sqlite-wal", "ledger.sqlite-shm"};
  for (const char* name : names) {
    const std::string file = path + "/" + name;
    struct stat facts {};
    if (::access(file.c_str(), W_OK) == 0 || errno == ENOENT) continue;
    std::string why = file + " cannot be written: " + std::strerror(errno);
    if (::lstat(file.c_str(), &facts) == 0 && facts.st_uid != ::geteuid())
      why += " (it belongs to user " + std::to_string(facts.st_uid) + ", and this runs as " +
             std::to_string(::geteuid()) + ")";
    return why;
  }
  return {};
}

std::string how_to_have_state(const std::string& path) {
  std::error_code ignored;
  std::filesystem::path there = path;
  while (!std::filesystem::exists(there, ignored) && there.has_relative_path()) there = there.parent_path();
  if (::access(there.c_str(), W_OK) != 0 && errno == EROFS) {
    return "mount a volume at " + path +
           ", or a tmpfs where nothing has to outlive the process (`docker run --tmpfs " + path +
           ":uid=" + std::to_string(::geteuid()) + ",gid=" + std::to_string(::getegid()) +
           ",mode=0700`), or name another directory with `state` in the configuration";
  }
  return "give the directory and all in it to the user that the gateway runs as (`chown -R " +
         std::to_string(::geteuid()) + " " + path + "`), or name another with `state` in the configuration";
}

std::error_code make_state_directory(const std::string& path) {
  std::error_code error;
  if (std::filesystem::exists(path, error)) return {};
  std::filesystem::create_directories(path, error);
  if (!error) ::chmod(path.c_str(), 0700);
  return error;
}

std::optional<StateDirectory> StateDirectory::take(const std::string& path, Fault& fault, std::string& why) {
  fault = Fault::unusable;
  if (path.empty()) {
    why = "there is no state directory: neither STATE_DIRECTORY nor HOME is set";
    return std::nullopt;
  }
  const std::error_code error = make_state_directory(path);
  if (error) {
    why = "the state directory `" + path + "` cannot be made: " + error.message();
    return std::nullopt;
  }
  why = unusable_in(path);
  if (!why.empty()) return std::nullopt;
  auto lock =
      FileLock::take(path + "/owner", why, "give each its own directory: `state` in the configuration");
  if (!lock) {
    if (why.find("in use") != std::string::npos) fault = Fault::in_use;
    return std::nullopt;
  }
  return StateDirectory(path, *std::move(lock));
}

std::optional<StateDirectory> StateDirectory::temporary(std::string& why) {
  const std::string under = variable("TMPDIR");
  std::string path = (under.empty() ? "/tmp" : under) + "/isocost-XXXXXX";
  if (!::mkdtemp(path.data())) {
    why = "cannot make " + path + ": " + std::strerror(errno);
    return std::nullopt;
  }
  Fault fault{};
  auto directory = take(path, fault, why);
  if (directory) directory->is_temporary_ = true;
  return directory;
}

StateDirectory::StateDirectory(StateDirectory&& other) noexcept
    : path_(std::move(other.path_)),
      lock_(std::move(other.lock_)),
      is_temporary_(std::exchange(other.is_temporary_, false)) {
  other.path_.clear();
}

StateDirectory::~StateDirectory() {
  if (path_.empty()) return;
  std::error_code ignored;
  if (is_temporary_) {
    std::filesystem::remove_all(path_, ignored);
  } else {
    std::filesystem::remove(path_ + "/address", ignored);
  }
}

void StateDirectory::announce(const std::string& url) const {
  (void)write_whole(path_ + "/address", url + "\n");
}

std::string StateDirectory::announced_in(const std::string& path) {
  std::string url;
  std::getline(std::ifstream(path + "/address") >> std::ws, url);
  return url;
}

}  // namespace gateway
