#include "gateway/text/json_string.hpp"

#include <array>

namespace gateway {

namespace {

constexpr char32_t replacement = 0xFFFD;

// Takes one code point off the front; a malformed, overlong or surrogate sequence gives the replacement for
// one byte.
char32_t take_code_point(std::string_view& text) {
  const auto byte = [&](std::size_t at) { return static_cast<unsigned char>(text[at]); };
  const unsigned char lead = byte(0);
  const std::size_t length = lead < 0x80   ? 1
                             : lead < 0xC2 ? 0
                             : lead < 0xE0 ? 2
                             : lead < 0xF0 ? 3
                             : lead < 0xF5 ? 4
                                           : 0;
  constexpr std::array<char32_t, 5> least{0, 0, 0x80, 0x800, 0x10000};
  char32_t point = length == 1 ? lead : lead & (0xFFu >> (length + 1));
  bool good = length != 0 && length <= text.size();
  for (std::size_t i = 1; good && i < length; ++i) {
    good = (byte(i) & 0xC0) == 0x80;
    point = point << 6 | (byte(i) & 0x3Fu);
  }
  good = good && (length == 1 || point >= least[length]) && point <= 0x10FFFF &&
         (point < 0xD800 || point > 0xDFFF);
  text.remove_prefix(good ? length : 1);
  return good ? point : replacement;
}

void append_escape(char32_t unit, std::string& out) {
  constexpr std::string_view digits = "0123456789abcdef";
  out += "\\u";
  for (int shift = 12; shift >= 0; shift -= 4) out += digits[unit >> shift & 0xF];
}

void append_escaped(char32_t point, std::string& out) {
  switch (point) {
    case '"':
      out += "\\\"";
      return;
    case '\\':
      out += "\\\\";
      return;
    case '\n':
      out += "\\n";
      return;
    case '\r':
      out += "\\r";
      return;
    case '\t':
      out += "\\t";
      return;
    default:
      break;
  }
  if (point < 0x10000) return append_escape(point, out);
  append_escape(0xD800 + ((point - 0x10000) >> 10), out);
  append_escape(0xDC00 + ((point - 0x10000) & 0x3FF), out);
}

// How many bytes at the front stand for themselves.
std::size_t plain_bytes(std::string_view text) {
  std::size_t count = 0;
  while (count < text.size() && stands_for_itself(text[count])) ++count;
  return count;
}

}  // namespace

void append_json_string(std::string_view text, std::string& out) {
  out += '"';
  while (!text.empty()) {
    const std::size_t as_they_are = plain_bytes(text);
    out.append(text.data(), as_they_are);
    text.remove_prefix(as_they_are);
    if (!text.empty()) append_escaped(take_code_point(text), out);
  }
  out += '"';
}

std::string json_string(std::string_view text) {
  std::string quoted;
  append_json_string(text, quoted);
  return quoted;
}

bool is_utf8(std::string_view text) {
  while (!text.empty()) {
    if (take_code_point(text) == replacement) return false;
  }
  return true;
}

}  // namespace gateway
