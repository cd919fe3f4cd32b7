#include "providers/json/json_text.hpp"

#include <charconv>
#include <cmath>
#include <cstdlib>
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

// The code point whose \u is at `at` - 2.
std::optional<CodePoint> code_point(std::string_view raw, std::size_t at) {
  const auto first = code_unit(raw, at);
  if (!first || (*first >= 0xdc00 && *first <= 0xdfff)) return std::nullopt;
  if (*first < 0xd800 || *first > 0xdfff) return CodePoint{*first, at + 4};
  if (raw.substr(std::min(at + 4, raw.size()), 2) != "\\u") return std::nullopt;
  const auto second = code_unit(raw, at + 6);
  if (!second || *second < 0xdc00 || *second > 0xdfff) return std::nullopt;
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

// Only called where the size of the exponent or the number of digits leaves a doubt.
bool is_finite(std::string_view text) {
  return std::isfinite(std::strtod(std::string(text).c_str(), nullptr));
}

bool is_64_bit(std::string_view text) {
  if (text.size() <= 18) return true;
  const char* end = text.data() + text.size();
  if (text.front() == '-') {
    std::int64_t value = 0;
    return std::from_chars(text.data(), end, value).ec == std::errc();
  }
  std::uint64_t value = 0;
  return std::from_chars(text.data(), end, value).ec == std::errc();
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
  std::string out;
  out.reserve(raw.size());
  std::size_t copied = 0;
  for (std::size_t at = raw.find('\\'); at != std::string_view::npos; at = raw.find('\\', copied)) {
    out.append(raw, copied, at - copied);
    if (raw[at + 1] == 'u') {
      const auto code = code_point(raw, at + 2);
      append_utf8(out, code->value);
      copied = code->end;
    } else {
      out += meaning_of(raw[at + 1]);
      copied = at + 2;
    }
  }
  return out.append(raw, copied);
}

bool is_number(std::string_view text) {
  std::size_t at = text.starts_with('-') ? 1 : 0;
  const std::size_t whole = count_digits(text, at);
  if (whole == 0 || (whole > 1 && text[at] == '0')) return false;
  at += whole;
  if (at == text.size()) return is_64_bit(text);
  if (text[at] == '.') {
    const std::size_t fraction = count_digits(text, at + 1);
    if (fraction == 0) return false;
    at += 1 + fraction;
  }
  if (at == text.size()) return whole < 300 || is_finite(text);
  if (text[at] != 'e' && text[at] != 'E') return false;
  ++at;
  if (at < text.size() && (text[at] == '+' || text[at] == '-')) ++at;
  const std::size_t exponent = count_digits(text, at);
  if (exponent == 0 || at + exponent != text.size()) return false;
  return (exponent <= 2 && whole < 100) || is_finite(text);
}

std::optional<std::int64_t> JsonNumber::integer() const {
  std::int64_t value = 0;
  const char* end = text.data() + text.size();
  const auto read = std::from_chars(text.data(), end, value);
  if (read.ec != std::errc() || read.ptr != end) return std::nullopt;
  return value;
}

double JsonNumber::real() const {
  double value = 0;
  // Too small for a double is out of its range too, and leaves the 0 that it is.
  std::from_chars(text.data(), text.data() + text.size(), value);
  return value;
}

void append_escaped(std::string& out, std::string_view text) {
  constexpr std::string_view digits = "0123456789abcdef";
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (c == '"' || c == '\\') {
      out.append(1, '\\').append(1, c);
    } else if (byte < 0x20) {
      out.append("\\u00").append(1, digits[byte >> 4]).append(1, digits[byte & 15]);
    } else {
      out += c;
    }
  }
}

}  // namespace providers
