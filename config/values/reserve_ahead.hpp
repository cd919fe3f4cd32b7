// How a text that may become large takes its memory.
#pragma once

#include <algorithm>
#include <cstddef>
#include <string>

namespace config {

// Memory for one that grows to `size`, and to `most` bytes in the end: where that is not little, so much that
// it is not moved again and again, which takes the memory of both. What is reserved and not written takes
// addresses alone.
inline void reserve_ahead(std::string& text, std::size_t size, std::size_t most = std::string::npos) {
  constexpr std::size_t little = 128u << 10, ahead = 16u << 20;
  if (size <= text.capacity() || size <= little) return;
  text.reserve(std::max(size, std::min(most, std::max(2 * text.size(), ahead))));
}

}  // namespace config
