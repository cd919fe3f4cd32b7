// Blanks as HTTP has them around what it says: spaces and tabs. Pure.
#pragma once

#include <string_view>

namespace providers {

inline bool is_blank(char c) {
  return c == ' ' || c == '\t';
}

inline std::string_view trimmed(std::string_view text) {
  while (!text.empty() && is_blank(text.front())) text.remove_prefix(1);
  while (!text.empty() && is_blank(text.back())) text.remove_suffix(1);
  return text;
}

}  // namespace providers
