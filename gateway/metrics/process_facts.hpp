// What the kernel says of this process. Reads /proc; usable from every thread.
#pragma once

#include <cstdint>
#include <optional>

namespace gateway {

struct ProcessFacts {
  std::uint64_t resident_bytes = 0;
  std::uint64_t virtual_bytes = 0;
  double cpu_seconds = 0;
  std::uint64_t open_files = 0;
  std::uint64_t most_files = 0;
  double started = 0;  // seconds since 1970
};

// Nothing where there is no /proc.
std::optional<ProcessFacts> process_facts();

}  // namespace gateway
