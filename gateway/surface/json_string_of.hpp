// A text as a string of JSON. Pure.
#pragma once

#include <string>
#include <string_view>

#include "providers/json/json_text.hpp"

namespace gateway {

// `text` must be UTF-8, and stays so.
inline std::string json_string_of(std::string_view text) {
  std::string result;
  result.reserve(text.size() + 2);
  result += '"';
  providers::append_escaped(result, text);
  return result += '"';
}

}  // namespace gateway
