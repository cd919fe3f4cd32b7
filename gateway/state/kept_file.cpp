#include "gateway/state/kept_file.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>

namespace gateway {
namespace {

// Only of what this process has just made: anything else there may be a link to what is somebody else's.
void give_to_owner_of_directory(int file, const std::string& path) {
  if (::geteuid() != 0) return;
  const std::string directory = std::filesystem::path(path).parent_path().string();
  struct stat facts {};
  if (::stat(directory.empty() ? "." : directory.c_str(), &facts) != 0 || facts.st_uid == 0) return;
  // Where that cannot be, the gateway says at its start whose file it is.
  [[maybe_unused]] const int given = ::fchown(file, facts.st_uid, facts.st_gid);
}

int made(const std::string& path, int flags) {
  const int file = ::open(path.c_str(), flags | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
  if (file >= 0) give_to_owner_of_directory(file, path);
  return file;
}

}  // namespace

int open_kept(const std::string& path, int flags) {
  constexpr int most_tries = 3;  // others may make it or take it away meanwhile
  int file = -1;
  for (int tried = 0; file < 0 && tried < most_tries; ++tried) {
    file = made(path, flags);
    if (file >= 0 || errno != EEXIST) break;
    file = ::open(path.c_str(), flags | O_CLOEXEC);
    if (file < 0 && errno != ENOENT) break;
  }
  return file;
}

void make_kept(const std::string& path) {
  const int file = made(path, O_RDWR);
  if (file >= 0) ::close(file);
}

}  // namespace gateway
