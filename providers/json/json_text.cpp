#include "providers/json/json_text.hpp"

#include <charconv>
#include <cmath>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <limits>

namespace providers {
namespace {

int hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  const char lower = static_cast<char>(c | 0x20);
  return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
}

// The four digits at `at`; nothing when they are not.
std::optional<std::uint32_t> code_unit(std::string_view raw, std::size_t at) {
  if (at + 4 > raw.size()) return std::nullopt;
  std::uint32_t unit = 0;
  for (std::size_t i = 0; i < 4; ++i) {
    const int digit = hex_digit(raw[at + i]);
    if (digit < 0) return std::nullopt;
    unit = unit * 16 + static_cast<std::uint32_t>(digit);
  }
  return unit;
}

struct CodePoint {
  std::uint32_t value = 0;
  std::size_t end = 0;  // behind its escapes
};

bool is_lone_surrogate(std::uint32_t code) {
  return code >= 0xd800 && code <= 0xdfff;
}

// The code point whose \u is at `at` - 2; a surrogate where it stands without the other half.
std::optional<CodePoint> code_point(std::string_view raw, std::size_t at) {
  const auto first = code_unit(raw, at);
  if (!first) return std::nullopt;
  const CodePoint alone{*first, at + 4};
  if (*first < 0xd800 || *first > 0xdbff) return alone;
  if (raw.substr(std::min(at + 4, raw.size()), 2) != "\\u") return alone;
  const auto second = code_unit(raw, at + 6);
  if (!second) return std::nullopt;
  if (*second < 0xdc00 || *second > 0xdfff) return alone;
  return CodePoint{0x10000 + ((*first - 0xd800) << 10) + (*second - 0xdc00), at + 10};
}

void append_utf8(std::string& out, std::uint32_t code) {
  const auto byte = [&out](std::uint32_t value) {
    out += static_cast<char>(static_cast<unsigned char>(value));
  };
  if (code < 0x80) {
    byte(code);
  } else if (code < 0x800) {
    byte(0xc0 | (code >> 6)), byte(0x80 | (code & 0x3f));
  } else if (code < 0x10000) {
    byte(0xe0 | (code >> 12)), byte(0x80 | ((code >> 6) & 0x3f)), byte(0x80 | (code & 0x3f));
  } else {
    byte(0xf0 | (code >> 18)), byte(0x80 | ((code >> 12) & 0x3f));
    byte(0x80 | ((code >> 6) & 0x3f)), byte(0x80 | (code & 0x3f));
  }
}

// What a backslash and this character mean; 0 when nothing.
char meaning_of(char escape) {
  switch (escape) {
    case '"':
    case '\\':
    case '/':
      return escape;
    case 'b':
      return '\b';
    case 'f':
      return '\f';
    case 'n':
      return '\n';
    case 'r':
      return '\r';
    case 't':
      return '\t';
    default:
      return 0;
  }
}

std::size_t count_digits(std::string_view text, std::size_t at) {
  std::size_t end = at;
  while (end < text.size() && text[end] >= '0' && text[end] <= '9') ++end;
  return end - at;
}

// What a lone surrogate is shown as.
constexpr std::uint32_t replacement = 0xfffd;

std::size_t utf8_size(std::uint32_t code) {
  return code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;
}

enum class Lone { replaced, kept };

std::string decoded(std::string_view raw, Lone lone) {
  std::string out;
  out.reserve(raw.size());
  std::size_t copied = 0;
  for (std::size_t at = raw.find('\\'); at != std::string_view::npos; at = raw.find('\\', copied)) {
    out.append(raw, copied, at - copied);
    if (raw[at + 1] == 'u') {
      const auto code = code_point(raw, at + 2);
      const bool is_replaced = lone == Lone::replaced && is_lone_surrogate(code->value);
      append_utf8(out, is_replaced ? replacement : code->value);
      copied = code->end;
    } else {
      out += meaning_of(raw[at + 1]);
      copied = at + 2;
    }
  }
  return out.append(raw, copied);
}

}  // namespace

bool escapes_are_valid(std::string_view raw) {
  for (std::size_t at = raw.find('\\'); at != std::string_view::npos; at = raw.find('\\', at)) {
    if (at + 1 >= raw.size()) return false;
    if (raw[at + 1] == 'u') {
      const auto code = code_point(raw, at + 2);
      if (!code) return false;
      at = code->end;
    } else if (meaning_of(raw[at + 1]) != 0) {
      at += 2;
    } else {
      return false;
    }
  }
  return true;
}

std::string JsonString::text() const {
  return decoded(raw, Lone::replaced);
}

std::string JsonString::identity() const {
  return decoded(raw, Lone::kept);
}

std::size_t decoded_size(std::string_view raw) {
  std::size_t size = raw.size();
  for (std::size_t at = raw.find('\\'); at != std::string_view::npos; at = raw.find('\\', at)) {
    std::size_t end = at + 2;
    std::size_t becomes = 1;
    if (end <= raw.size() && raw[at + 1] == 'u') {
      const auto code = code_point(raw, at + 2);
      if (!code) return size;
      end = code->end;
      becomes = utf8_size(code->value);
    }
    size -= std::min(end, raw.size()) - at - becomes;
    at = end;
  }
  return size;
}

bool is_number(std::string_view text) {
  std::size_t at = text.starts_with('-') ? 1 : 0;
  const std::size_t whole = count_digits(text, at);
  if (whole == 0 || (whole > 1 && text[at] == '0')) return false;
  at += whole;
  if (at < text.size() && text[at] == '.') {
    const std::size_t fraction = count_digits(text, at + 1);
    if (fraction == 0) return false;
    at += 1 + fraction;
  }
  if (at == text.size()) return true;
  if (text[at] != 'e' && text[at] != 'E') return false;
  ++at;
  if (at < text.size() && (text[at] == '+' || text[at] == '-')) ++at;
  const std::size_t exponent = count_digits(text, at);
  return exponent > 0 && at + exponent == text.size();
}

std::optional<std::int64_t> JsonNumber::integer() const {
  std::int64_t value = 0;
  const char* end = text.data() + text.size();
  const auto read = std::from_chars(text.data(), end, value);
  if (read.ec != std::errc() || read.ptr != end) return std::nullopt;
  return value;
}

std::optional<std::int64_t> JsonNumber::whole() const {
  if (const auto value = integer()) return value;
  // Beyond these a double does not tell one integer from the next.
  constexpr double most = 9'007'199'254'740'992;
  const double value = real();
  if (!(std::abs(value) < most) || value != std::trunc(value)) return std::nullopt;
  // A fraction too small for a double is no integer either.
  const bool is_zero =
      text.substr(0, text.find_first_of("eE")).find_first_of("123456789") == std::string_view::npos;
  if (value == 0 && !is_zero) return std::nullopt;
  return static_cast<std::int64_t>(value);
}

double JsonNumber::real() const {
  double value = 0;
  const auto read = std::from_chars(text.data(), text.data() + text.size(), value);
  // Too large or too small; told apart by the one that is seldom called.
  if (read.ec == std::errc::result_out_of_range) return std::strtod(std::string(text).c_str(), nullptr);
  return value;
}

namespace {

// Whether eight bytes stand in a string of JSON as they are: no quotation mark, no backslash, none below
// 0x20.
bool are_plain(const char* text) {
  std::uint64_t word = 0;
  std::memcpy(&word, text, sizeof word);
  constexpr std::uint64_t ones = 0x0101010101010101, highs = 0x8080808080808080;
  // Exact as a yes or no for the word: a byte is zero, or below 0x20.
  const auto has_zero = [](std::uint64_t of) { return (of - ones) & ~of & highs; };
  const std::uint64_t below = (word - ones * 0x20) & ~word & highs;
  return (has_zero(word ^ (ones * '"')) | has_zero(word ^ (ones * '\\')) | below) == 0;
}

}  // namespace

void append_escaped(std::string& out, std::string_view text) {
  constexpr std::string_view digits = "0123456789abcdef";
  const auto is_plain = [](char c) { return c != '"' && c != '\\' && static_cast<unsigned char>(c) >= 0x20; };
  std::size_t copied = 0;  // of `text`
  std::size_t at = 0;
  while (at + 8 <= text.size() && are_plain(text.data() + at)) at += 8;
  for (; at < text.size(); ++at) {
    const char c = text[at];
    if (is_plain(c)) continue;
    out.append(text, copied, at - copied);
    copied = at + 1;
    if (c == '"' || c == '\\') {
      out.append(1, '\\').append(1, c);
    } else {
      const auto byte = static_cast<unsigned char>(c);
      out.append("\\u00").append(1, digits[byte >> 4]).append(1, digits[byte & 15]);
    }
  }
  out.append(text, copied);
}

}  // namespace providers
