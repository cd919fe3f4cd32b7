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

// Of a group and of each above it.
std::optional<std::size_t> limit_of(const std::string& mounted, std::string path, const std::string& file) {
  // Of version 1, which has no word for none, and says the most that there can be.
  constexpr std::size_t no_limit = std::size_t{1} << 60;
  std::optional<std::size_t> least;
  for (;;) {
    const auto here = limit_in(mounted + path + file);
    if (here && *here < no_limit) least = std::min(least.value_or(*here), *here);
    const std::size_t slash = path.rfind('/');
    if (path.empty() || slash == std::string::npos) break;
    path.resize(slash);
  }
  return least;
}

// A controller of version 1 among others: "memory", "cpu,memory".
bool names_memory(std::string_view controllers) {
  return ("," + std::string(controllers) + ",").find(",memory,") != std::string::npos;
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

std::optional<std::size_t> control_group_bound(const std::string& root) {
  std::ifstream groups(root + "/proc/self/cgroup");
  std::optional<std::size_t> least;
  for (std::string line; std::getline(groups, line);) {
    const std::size_t first = line.find(':');
    const std::size_t second = first == std::string::npos ? first : line.find(':', first + 1);
    if (second == std::string::npos) continue;
    const std::string controllers = line.substr(first + 1, second - first - 1),
                      path = line.substr(second + 1);
    const bool is_second = line.starts_with("0::");
    if (!is_second && !names_memory(controllers)) continue;
    auto here = is_second ? limit_of(root + "/sys/fs/cgroup", path, "/memory.max")
                          : limit_of(root + "/sys/fs/cgroup/memory", path, "/memory.limit_in_bytes");
    // In a container the path may be the host's, while what is mounted begins with the group itself.
    if (!here && !is_second) here = limit_of(root + "/sys/fs/cgroup/memory", "", "/memory.limit_in_bytes");
    if (here) least = std::min(least.value_or(*here), *here);
  }
  return least;
}

std::size_t memory_bound() {
  std::size_t least = 0;
  for (const std::optional<std::size_t>& each : {address_space(), control_group_bound()}) {
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
