// Numbers of seeds and worlds as they are written on a command line. Pure.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

namespace gateway {

// From the first to the last, both included.
struct Numbers {
  std::uint64_t first = 0, last = 0;
};

// "7" or "1001-1020". Nothing where it is neither, or spans more than `most`.
std::optional<Numbers> number_range(std::string_view text, std::int64_t most);
// "7", "1001-1020" or "1,2,5-9"; at most `most` in all, and one at least.
std::optional<std::vector<std::uint64_t>> number_list(std::string_view text, std::size_t most);

}  // namespace gateway
