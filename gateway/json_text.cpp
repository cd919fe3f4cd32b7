#include "gateway/json_text.hpp"

#include <array>
#include <charconv>

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

constexpr auto plain = [] {
  std::array<bool, 256> table{};
  for (unsigned char c = 0x20; c < 0x7F; ++c) table[c] = c != '"' && c != '\\';
  return table;
}();

// How many bytes at the front stand for themselves.
std::size_t plain_bytes(std::string_view text) {
  std::size_t count = 0;
  while (count < text.size() && plain[static_cast<unsigned char>(text[count])]) ++count;
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

void append_integer(std::int64_t value, std::string& out) {
  std::array<char, 20> digits;
  const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), value).ptr;
  out.append(digits.data(), end);
}

void append_fixed(std::int64_t value, int decimals, std::string& out) {
  // From the last digit to the first: at least one before the point, and all that are after it.
  std::array<char, 48> text;
  char* const end = text.data() + text.size();
  char* at = end;
  std::uint64_t rest =
      value < 0 ? 0 - static_cast<std::uint64_t>(value) : static_cast<std::uint64_t>(value);
  for (int written = 0; rest > 0 || written <= decimals; rest /= 10) {
    *--at = static_cast<char>('0' + rest % 10);
    if (++written == decimals) *--at = '.';
  }
  if (value < 0) *--at = '-';
  out.append(at, end);
}

}  // namespace gateway
