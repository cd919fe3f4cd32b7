// Google's words for how an answer ended. Pure.
#pragma once

#include <array>
#include <string>
#include <string_view>
#include <utility>

#include "providers/json/json_text.hpp"
#include "providers/reports/reported_error.hpp"

namespace providers {

// What became of an answer, by Google's word: an end, or a fault that another try may not have.
enum class GeminiEnd { whole, cut, filtered, broken };
inline constexpr std::array<std::pair<std::string_view, GeminiEnd>, 18> gemini_ends{{
    {"STOP", GeminiEnd::whole},
    {"MAX_TOKENS", GeminiEnd::cut},
    {"SAFETY", GeminiEnd::filtered},
    {"RECITATION", GeminiEnd::filtered},
    {"BLOCKLIST", GeminiEnd::filtered},
    {"PROHIBITED_CONTENT", GeminiEnd::filtered},
    {"SPII", GeminiEnd::filtered},
    {"IMAGE_SAFETY", GeminiEnd::filtered},
    {"IMAGE_PROHIBITED_CONTENT", GeminiEnd::filtered},
    {"IMAGE_RECITATION", GeminiEnd::filtered},
    {"IMAGE_OTHER", GeminiEnd::filtered},
    {"NO_IMAGE", GeminiEnd::filtered},
    {"LANGUAGE", GeminiEnd::filtered},
    {"MODEL_ARMOR", GeminiEnd::filtered},
    {"MALFORMED_FUNCTION_CALL", GeminiEnd::broken},
    {"UNEXPECTED_TOOL_CALL", GeminiEnd::broken},
    {"TOO_MANY_TOOL_CALLS", GeminiEnd::broken},
    {"OTHER", GeminiEnd::broken},
}};

// A word that is not known is an end like any other.
inline GeminiEnd gemini_end(const JsonString& word) {
  for (const auto& [name, what] : gemini_ends) {
    if (word.is(name)) return what;
  }
  return GeminiEnd::whole;
}

inline ReportedError broken_off(const JsonString& word, const JsonString& message) {
  ReportedError error;
  error.message = "The model's answer broke off: " + word.text();
  if (!message.raw.empty()) error.message += ". " + message.text();
  error.code = "model_error";
  error.status = 500;
  return error;
}

}  // namespace providers
