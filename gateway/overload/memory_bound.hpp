// The memory that this process has, and what it may have. Reads /proc and /sys; usable from every thread.
#pragma once

#include <cstddef>
#include <optional>
#include <string>

namespace gateway {

// In bytes: the less of the limit of its control group and `ulimit -v`; 0: nothing bounds it.
std::size_t memory_bound();

// The limit of the control group, of version 1 or 2, that this process is in, and of those above it; files
// are looked for under `root`.
std::optional<std::size_t> control_group_bound(const std::string& root = {});

// What of it is used, as a share, without the pages of files, which come back by themselves; 0 where `bound`
// is. Of an address space that is bounded, the larger share of the two counts.
double memory_used(std::size_t bound);

}  // namespace gateway
