// A string made longer without writing what is new: it is read into next, and writing zeros first would touch
// each of its pages, and each byte, once more than needed.
#pragma once

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

}  // namespace gateway
