#include "gateway/state/file_lock.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>

#include "gateway/state/kept_file.hpp"

namespace gateway {
namespace {

std::string held_by(int descriptor) {
  std::array<char, 32> text{};
  const ssize_t size = ::pread(descriptor, text.data(), text.size() - 1, 0);
  return size > 0 ? " (process " + std::string(text.data(), static_cast<std::size_t>(size)) + ")" : "";
}

}  // namespace

std::optional<FileLock> FileLock::take(const std::string& path, std::string& why, const std::string& advice) {
  const std::string beside = path + ".lock";
  const int descriptor = open_kept(beside, O_RDWR | O_NOFOLLOW);
  if (descriptor < 0) {
    why = "cannot make " + beside + ": " + std::strerror(errno);
    return std::nullopt;
  }
  if (::flock(descriptor, LOCK_EX | LOCK_NB) != 0) {
    why = errno == EWOULDBLOCK ? path + " is in use by another isocost" + held_by(descriptor) + "; " + advice
                               : "cannot lock " + beside + ": " + std::strerror(errno);
    ::close(descriptor);
    return std::nullopt;
  }
  const std::string owner = std::to_string(::getpid());
  if (::ftruncate(descriptor, 0) == 0) {
    // Only for the other's message.
    [[maybe_unused]] const ssize_t written = ::pwrite(descriptor, owner.data(), owner.size(), 0);
  }
  return FileLock(descriptor);
}

FileLock::~FileLock() {
  if (descriptor_ >= 0) ::close(descriptor_);
}

}  // namespace gateway
