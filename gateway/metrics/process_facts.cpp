#include "gateway/metrics/process_facts.hpp"

#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <sstream>
#include <string>

namespace gateway {

namespace {

// Ticks after boot at which the process began.
std::optional<double> start_ticks() {
  std::ifstream file("/proc/self/stat");
  std::string line;
  if (!std::getline(file, line)) return {};
  const std::size_t name_end = line.rfind(')');  // the name may hold blanks and brackets
  if (name_end == std::string::npos) return {};
  std::istringstream fields(line.substr(name_end + 1));
  std::string field;
  constexpr int start_field = 20;  // counted from the state, which follows the name
  for (int i = 0; i < start_field && fields >> field; ++i) {
  }
  return fields ? std::optional(std::stod(field)) : std::nullopt;
}

std::optional<double> boot_time() {
  std::ifstream file("/proc/stat");
  std::string key;
  double value = 0;
  for (std::string line; std::getline(file, line);) {
    std::istringstream fields(line);
    if (fields >> key && key == "btime" && fields >> value) return value;
  }
  return {};
}

// Seconds since 1970; 0 where it is not known.
double began() {
  const auto boot = boot_time();
  const auto ticks = start_ticks();
  return boot && ticks ? *boot + *ticks / static_cast<double>(::sysconf(_SC_CLK_TCK)) : 0;
}

// Kernels since 6.2 say it as a size; of others each has to be looked at.
std::uint64_t open_files() {
  struct stat folder {};
  if (::stat("/proc/self/fd", &folder) == 0 && folder.st_size > 0)
    return static_cast<std::uint64_t>(folder.st_size);
  std::error_code error;
  const std::filesystem::directory_iterator files("/proc/self/fd", error);
  return error ? 0 : static_cast<std::uint64_t>(std::distance(begin(files), end(files)));
}

}  // namespace

std::optional<ProcessFacts> process_facts() {
  std::uint64_t virtual_pages = 0, resident_pages = 0;
  std::ifstream pages("/proc/self/statm");
  if (!(pages >> virtual_pages >> resident_pages)) return {};
  const auto page = static_cast<std::uint64_t>(::sysconf(_SC_PAGESIZE));

  ProcessFacts facts{.resident_bytes = resident_pages * page, .virtual_bytes = virtual_pages * page};
  rusage use{};
  if (::getrusage(RUSAGE_SELF, &use) == 0) {
    const auto seconds = [](const timeval& t) {
      return static_cast<double>(t.tv_sec) + static_cast<double>(t.tv_usec) * 1e-6;
    };
    facts.cpu_seconds = seconds(use.ru_utime) + seconds(use.ru_stime);
  }
  facts.open_files = open_files();
  rlimit limit{};
  if (::getrlimit(RLIMIT_NOFILE, &limit) == 0) facts.most_files = limit.rlim_cur;
  static const double started = began();
  facts.started = started;
  return facts;
}

}  // namespace gateway
