// The mark that says which endpoint made what only it can read, at the end of an opaque text. Pure.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "providers/conversation/text.hpp"

namespace providers {

inline constexpr std::string_view owner_mark_begins = ".iso-";
inline constexpr std::size_t owner_mark_size = owner_mark_begins.size() + 16;

inline std::string owner_mark(std::uint64_t owner) {
  std::string mark(owner_mark_begins);
  for (int shift = 60; shift >= 0; shift -= 4) mark += "0123456789abcdef"[(owner >> shift) & 15];
  return mark;
}

// Of a text that ends in one.
inline std::optional<std::uint64_t> owner_in(std::string_view text) {
  if (text.size() <= owner_mark_size) return std::nullopt;
  const std::string_view mark = text.substr(text.size() - owner_mark_size);
  if (!mark.starts_with(owner_mark_begins)) return std::nullopt;
  std::uint64_t owner = 0;
  for (const char c : mark.substr(owner_mark_begins.size())) {
    const bool is_digit = c >= '0' && c <= '9';
    if (!is_digit && (c < 'a' || c > 'f')) return std::nullopt;
    owner = owner * 16 + static_cast<std::uint64_t>(is_digit ? c - '0' : c - 'a' + 10);
  }
  return owner;
}

// Opaque text as the endpoint `to` is sent it, without a mark; nothing where it is marked as another's.
inline std::optional<Text> opaque_for(std::uint64_t to, Text opaque) {
  const auto owner = owner_in(opaque.raw);
  if (!owner) return opaque;
  if (*owner != to) return std::nullopt;
  opaque.raw.remove_suffix(owner_mark_size);
  return opaque;
}

}  // namespace providers
