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

  // A surrogate without its other half, which no UTF-8 can say, becomes U+FFFD.
  std::string text() const;
  // As text(), but different strings stay different: for comparing only, since it may not be UTF-8.
  std::string identity() const;
  // Inlined always: of a literal the size is known, and it settles most comparisons.
  [[gnu::always_inline]] bool is(std::string_view plain) const {
    return raw.size() == plain.size() ? std::memcmp(raw.data(), plain.data(), plain.size()) == 0
                                      : escaped && text() == plain;
  }
};

// Whether every escape is one of JSON's.
bool escapes_are_valid(std::string_view raw);

// How many bytes are left of a string, or of any valid JSON, when its escapes are what they stand for.
std::size_t decoded_size(std::string_view raw);

// A number, already validated. It may be beyond what any type of ours holds: only who needs it minds.
struct JsonNumber {
  std::string_view text;

  // Nothing when it has a fraction or an exponent or is beyond 64 bits.
  std::optional<std::int64_t> integer() const;
  // The same, but however it is spelled: 1.0 and 10e-1 are 1.
  std::optional<std::int64_t> whole() const;
  // Infinite when it is beyond a double.
  double real() const;
};

// By RFC 8259, which sets no limit to its size.
bool is_number(std::string_view text);

// Appends `text`, which must be UTF-8, as the inside of a JSON string.
void append_escaped(std::string& out, std::string_view text);

}  // namespace providers
