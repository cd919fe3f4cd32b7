// The strings and numbers of a JSON text as they stand in it. Views; nothing is decoded before it is asked
// for.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <optional>
#include <string>
#include <string_view>

namespace providers {

// Bytes [begin, end) of a text.
struct ByteRange {
  std::size_t begin = 0;
  std::size_t end = 0;

  bool empty() const { return begin == end; }
  std::size_t size() const { return end - begin; }
  std::string_view of(std::string_view text) const { return text.substr(begin, end - begin); }
};

// A string, already validated.
struct JsonString {
  std::string_view raw;  // between the quotes
  bool escaped = false;  // whether it holds a backslash

  std::string text() const;
  // Inlined always: of a literal the size is known, and it settles most comparisons.
  [[gnu::always_inline]] bool is(std::string_view plain) const {
    return raw.size() == plain.size() ? std::memcmp(raw.data(), plain.data(), plain.size()) == 0
                                      : escaped && text() == plain;
  }
};

// Whether every escape is one of JSON's, and surrogates come in pairs.
bool escapes_are_valid(std::string_view raw);

// A number, already validated.
struct JsonNumber {
  std::string_view text;

  // Nothing when it has a fraction or an exponent or is beyond 64 bits.
  std::optional<std::int64_t> integer() const;
  double real() const;
};

// By RFC 8259, an integer within 64 bits (signed or not) or a finite real number.
bool is_number(std::string_view text);

// Appends `text`, which must be UTF-8, as the inside of a JSON string.
void append_escaped(std::string& out, std::string_view text);

}  // namespace providers
