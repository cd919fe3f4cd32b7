#include "providers/dialect/base64.hpp"

#include <array>
#include <cstddef>
#include <cstdint>

namespace providers {
namespace {

constexpr std::string_view letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

constexpr std::array<std::int8_t, 256> values = [] {
  std::array<std::int8_t, 256> all{};
  all.fill(-1);
  for (std::size_t i = 0; i < letters.size(); ++i) {
    all[static_cast<unsigned char>(letters[i])] = static_cast<std::int8_t>(i);
  }
  return all;
}();

}  // namespace

std::string in_base64(std::string_view bytes) {
  std::string text;
  text.reserve((bytes.size() + 2) / 3 * 4);
  for (std::size_t at = 0; at < bytes.size(); at += 3) {
    const std::string_view three = bytes.substr(at, 3);
    std::uint32_t bits = 0;
    for (const char byte : three) bits = bits << 8 | static_cast<unsigned char>(byte);
    bits <<= 8 * (3 - three.size());
    for (std::size_t i = 0; i < 4; ++i) {
      text += i <= three.size() ? letters[bits >> (18 - 6 * i) & 63] : '=';
    }
  }
  return text;
}

std::optional<std::string> from_base64(std::string_view text) {
  while (text.ends_with('=')) text.remove_suffix(1);
  std::string out;
  out.reserve(text.size() * 3 / 4);
  std::uint32_t bits = 0;
  int held = 0;
  for (const char c : text) {
    const int value = values[static_cast<unsigned char>(c)];
    if (value < 0) return std::nullopt;
    bits = bits << 6 | static_cast<std::uint32_t>(value);
    held += 6;
    if (held >= 8) out += static_cast<char>(bits >> (held -= 8) & 0xff);
  }
  return out;
}

}  // namespace providers
