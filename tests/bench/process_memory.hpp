// What a process holds, as the kernel counts it.
#pragma once

#include <sys/types.h>

#include <cstddef>

namespace bench {

struct ProcessMemory {
  double resident_kib = 0;   // RSS
  double anonymous_kib = 0;  // of it: its own, not the pages of its files
  std::size_t descriptors = 0;
};

// Throws std::runtime_error when there is no such process, or it may not be looked at.
ProcessMemory memory_of(pid_t pid);

}  // namespace bench
