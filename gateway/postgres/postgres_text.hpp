// Values as PostgreSQL reads them in texts: arrays, and bytes in hexadecimal. Pure.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace gateway {

// "\x0aff"
inline std::string hex_of_bytes(std::string_view bytes) {
  constexpr std::string_view digits = "0123456789abcdef";
  std::string text = "\\x";
  text.reserve(2 + 2 * bytes.size());
  for (const char c : bytes) {
    const auto value = static_cast<unsigned char>(c);
    text += digits[value >> 4];
    text += digits[value & 15];
  }
  return text;
}

inline std::string bytes_of_hex(std::string_view text) {
  const auto value = [](char c) { return c <= '9' ? c - '0' : c - 'a' + 10; };
  std::string bytes;
  bytes.reserve(text.size() / 2);
  for (std::size_t i = 2; i + 1 < text.size(); i += 2)
    bytes += static_cast<char>(value(text[i]) * 16 + value(text[i + 1]));
  return bytes;
}

// "{1,2}"
template <class Numbers>
std::string array_text(const Numbers& numbers) {
  std::string text = "{";
  for (const std::int64_t each : numbers) {
    if (text.size() > 1) text += ',';
    text += std::to_string(each);
  }
  return text += '}';
}

}  // namespace gateway
