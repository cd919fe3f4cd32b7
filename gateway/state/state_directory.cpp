#include "gateway/state/state_directory.hpp"

#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <utility>

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
  std::ofstream(path_ + "/address", std::ios::trunc) << url << "\n";
}

std::string StateDirectory::announced_in(const std::string& path) {
  std::string url;
  std::getline(std::ifstream(path + "/address") >> std::ws, url);
  return url;
}

}  // namespace gateway
