// Kinds of single bytes, whatever the locale, and lists in one text, as header fields and variables of the
// environment have them. Pure.
#pragma once

#include <algorithm>
#include <string_view>
#include <vector>

namespace config {

constexpr bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

constexpr bool is_letter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

constexpr bool is_alphanumeric(char c) {
  return is_digit(c) || is_letter(c);
}

// What stands between the commas, without blanks around it; empty ones are none. Views into `list`.
inline std::vector<std::string_view> comma_list(std::string_view list) {
  constexpr std::string_view blanks = " \t";
  std::vector<std::string_view> items;
  while (!list.empty()) {
    const std::size_t comma = std::min(list.find(','), list.size());
    std::string_view item = list.substr(0, comma);
    list.remove_prefix(std::min(comma + 1, list.size()));
    item.remove_prefix(std::min(item.find_first_not_of(blanks), item.size()));
    item.remove_suffix(item.size() - (item.find_last_not_of(blanks) + 1));
    if (!item.empty()) items.push_back(item);
  }
  return items;
}

}  // namespace config
