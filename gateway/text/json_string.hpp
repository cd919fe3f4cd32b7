// Pieces of JSON written straight into a text, for what is written once per request. Pure.
#pragma once

#include <array>
#include <string>
#include <string_view>

namespace gateway {

// In quotes. Only printable ASCII comes out, whatever comes in: everything else is escaped, and bytes that
// are not UTF-8 become U+FFFD. So the result is valid JSON and never holds a line break or a terminal's
// escape.
void append_json_string(std::string_view text, std::string& out);
// The same alone. YAML reads it, too.
std::string json_string(std::string_view text);

// Whether it is, and without U+FFFD, which stands for what is not.
bool is_utf8(std::string_view text);

inline constexpr auto plain_characters = [] {
  std::array<bool, 256> table{};
  for (unsigned char c = 0x20; c < 0x7F; ++c) table[c] = c != '"' && c != '\\';
  return table;
}();

// Whether it is in such a string as it is.
inline bool stands_for_itself(char c) {
  return plain_characters[static_cast<unsigned char>(c)];
}

}  // namespace gateway
