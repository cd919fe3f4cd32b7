// Google's APIs take each name in two spellings. Pure.
#pragma once

#include <string_view>

#include "providers/json/json_text.hpp"

namespace gateway {

// Whose thinking it is that a signature of Google's is of, as ThinkingPart has it.
inline constexpr std::string_view gemini_thinking_format = "google-gemini-v1";

inline bool is(std::string_view name, std::string_view camel, std::string_view snake) {
  return name == camel || name == snake;
}
inline bool is(const providers::JsonString& key, std::string_view camel, std::string_view snake) {
  return is(key.raw, camel, snake);
}

}  // namespace gateway
