// A string made longer without writing what is new: it is read into next, and writing zeros first would touch
// each of its pages, and each byte, once more than needed.
#pragma once

#include <algorithm>
#include <cstddef>
#include <string>

namespace gateway {
#if defined(__cpp_lib_string_resize_and_overwrite)

inline void lengthen_unwritten(std::string& text, std::size_t size) {
  text.resize_and_overwrite(size, [](char*, std::size_t wanted) { return wanted; });
}

#elif defined(__GLIBCXX__) && _GLIBCXX_USE_CXX11_ABI

// What resize_and_overwrite() of C++23 is, reached as the language allows: an explicit instantiation may name
// what is private.
template <auto set_length>
struct SetsLength {
  friend void set_length_of(std::string& text, std::size_t size) { (text.*set_length)(size); }
};
void set_length_of(std::string& text, std::size_t size);
template struct SetsLength<&std::string::_M_set_length>;

// `size` is not below what the string has.
inline void lengthen_unwritten(std::string& text, std::size_t size) {
  text.reserve(size);
  set_length_of(text, size);
}

#else

inline void lengthen_unwritten(std::string& text, std::size_t size) {
  text.resize(size);
}

#endif

// Memory for what grows to `size`, of `most` bytes in the end: where that is not little, so much that it is
// not moved again and again, which takes the memory of both. What is reserved and not written takes addresses
// alone.
inline void reserve_ahead(std::string& text, std::size_t size, std::size_t most) {
  constexpr std::size_t little = 128u << 10, ahead = 16u << 20;
  if (size <= text.capacity() || size <= little) return;
  text.reserve(std::max(size, std::min(most, std::max(2 * text.size(), ahead))));
}

}  // namespace gateway
