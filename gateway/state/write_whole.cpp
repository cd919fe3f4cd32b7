#include "gateway/state/write_whole.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <filesystem>

#include "gateway/state/kept_file.hpp"

namespace gateway {
namespace {

std::string fault_of(const std::string& path) {
  return "`" + path + "`: " + std::strerror(errno);
}

bool write_all(int file, std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t written = ::write(file, bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) return false;
    bytes.remove_prefix(static_cast<std::size_t>(written));
  }
  return ::fsync(file) == 0;
}

// So that the name stands after a failure of power, too; what it stands for is whole either way.
void sync_directory(const std::string& directory) {
  const int folder = ::open(directory.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (folder < 0) return;
  (void)::fsync(folder);
  ::close(folder);
}

}  // namespace

std::optional<std::string> write_whole(const std::string& path, std::string_view bytes) {
  const std::string begun = path + ".new";
  const int file = open_kept(begun, O_WRONLY | O_TRUNC | O_NOFOLLOW);
  if (file < 0) return fault_of(begun);
  std::optional<std::string> fault;
  if (!write_all(file, bytes)) fault = fault_of(begun);
  ::close(file);
  if (!fault && ::rename(begun.c_str(), path.c_str()) != 0) fault = fault_of(path);
  if (fault) {
    ::unlink(begun.c_str());
  } else {
    sync_directory(std::filesystem::path(path).parent_path().string());
  }
  return fault;
}

}  // namespace gateway
