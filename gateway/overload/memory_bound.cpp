#include "gateway/overload/memory_bound.hpp"

#include <fcntl.h>
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <fstream>
#include <optional>
#include <string>
#include <string_view>

namespace gateway {
namespace {

std::optional<std::size_t> address_space() {
  rlimit limit{};
  if (::getrlimit(RLIMIT_AS, &limit) != 0 || limit.rlim_cur == RLIM_INFINITY) return std::nullopt;
  return limit.rlim_cur;
}

std::optional<std::size_t> limit_in(const std::string& path) {
  std::ifstream file(path);
  std::size_t bytes = 0;
  if (!(file >> bytes)) return std::nullopt;  // "max"
  return bytes;
}

// Of this process's control group and of each above it.
std::optional<std::size_t> control_group() {
  std::ifstream groups("/proc/self/cgroup");
  std::optional<std::size_t> least;
  for (std::string line; std::getline(groups, line);) {
    if (!line.starts_with("0::")) continue;
    std::string path = line.substr(3);
    for (;;) {
      const auto here = limit_in("/sys/fs/cgroup" + path + "/memory.max");
      if (here) least = std::min(least.value_or(*here), *here);
      const std::size_t slash = path.rfind('/');
      if (path.empty() || slash == std::string::npos) break;
      path.resize(slash);
    }
  }
  return least;
}

struct Pages {
  std::size_t all = 0, resident = 0;
  std::size_t of_files = 0;  // of the resident ones: the kernel can have them back, as those of the journals
};

// Without a stream: asked ten times a second, also where memory is short.
Pages pages() {
  const int file = ::open("/proc/self/statm", O_RDONLY | O_CLOEXEC);
  if (file < 0) return {};
  char text[128];
  const ssize_t size = ::read(file, text, sizeof text);
  ::close(file);
  if (size <= 0) return {};
  Pages found;
  const char* at = text;
  const char* const end = text + size;
  for (std::size_t* const each : {&found.all, &found.resident, &found.of_files}) {
    at = std::from_chars(at, end, *each).ptr;
    if (at != end) ++at;
  }
  return found;
}

}  // namespace

std::size_t memory_bound() {
  std::size_t least = 0;
  for (const std::optional<std::size_t>& each : {address_space(), control_group()}) {
    if (each && *each > 0) least = least == 0 ? *each : std::min(least, *each);
  }
  return least;
}

double memory_used(std::size_t bound) {
  if (bound == 0) return 0;
  static const auto page = static_cast<std::size_t>(::sysconf(_SC_PAGESIZE));
  const Pages now = pages();
  const std::size_t own = now.resident - std::min(now.resident, now.of_files);
  const double resident = static_cast<double>(own * page) / static_cast<double>(bound);
  const std::optional<std::size_t> space = address_space();
  if (!space) return resident;
  return std::max(resident, static_cast<double>(now.all * page) / static_cast<double>(*space));
}

}  // namespace gateway
