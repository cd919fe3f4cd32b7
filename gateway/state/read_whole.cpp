#include "gateway/state/read_whole.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <cerrno>

namespace gateway {

std::optional<std::string> read_whole(const std::string& path) {
  const int file = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (file < 0) return std::nullopt;
  std::string text;
  std::array<char, 64 * 1024> block;
  ssize_t taken = 0;
  while ((taken = ::read(file, block.data(), block.size())) != 0) {
    if (taken > 0) text.append(block.data(), static_cast<std::size_t>(taken));
    if (taken < 0 && errno != EINTR) break;
  }
  const int fault = errno;
  ::close(file);
  errno = fault;
  return taken == 0 ? std::optional(std::move(text)) : std::nullopt;
}

}  // namespace gateway
