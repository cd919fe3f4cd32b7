// How much of the words that requests are counted under is kept, wherever they are said. Pure.
#pragma once

#include <cstddef>

namespace config {

inline constexpr std::size_t most_tags = 5;       // of a key, and of a request
inline constexpr std::size_t longest_tag = 64;    // bytes; of a longer one of a request so much is kept
inline constexpr std::size_t longest_user = 128;  // bytes, of a client's own name for its user; likewise

}  // namespace config
