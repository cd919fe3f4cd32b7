#include "providers/dialects/openai_chat/finish_words.hpp"

#include <algorithm>
#include <array>
#include <string>
#include <utility>

namespace providers {
namespace {

// In lower case.
constexpr std::array<std::pair<std::string_view, EndReason>, 26> words{{
    {"length", EndReason::length},
    {"max_tokens", EndReason::length},
    {"max_output_tokens", EndReason::length},
    {"max_completion_tokens", EndReason::length},
    {"max_new_tokens", EndReason::length},
    {"max_length", EndReason::length},
    {"model_length", EndReason::length},
    {"token_limit", EndReason::length},
    {"context_length", EndReason::length},
    {"model_context_window_exceeded", EndReason::length},
    {"tool_calls", EndReason::tool_calls},
    {"function_call", EndReason::tool_calls},
    {"tool_call", EndReason::tool_calls},
    {"tool_use", EndReason::tool_calls},
    {"content_filter", EndReason::content_filter},
    {"content_filtered", EndReason::content_filter},
    {"refusal", EndReason::content_filter},
    {"safety", EndReason::content_filter},
    {"image_safety", EndReason::content_filter},
    {"recitation", EndReason::content_filter},
    {"blocklist", EndReason::content_filter},
    {"prohibited_content", EndReason::content_filter},
    {"spii", EndReason::content_filter},
    {"sensitive", EndReason::content_filter},
    {"guardrail_intervened", EndReason::content_filter},
    {"error_toxic", EndReason::content_filter},
}};

}  // namespace

bool is_usual_finish(std::string_view word) {
  return word == "stop" || word == "length" || word == "tool_calls" || word == "content_filter" ||
         word == "function_call";
}

EndReason end_reason_of(std::string_view word) {
  std::string lower(word);
  std::ranges::transform(lower, lower.begin(), [](char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c == '-' ? '_' : c;
  });
  const auto* const found = std::ranges::find(words, lower, &std::pair<std::string_view, EndReason>::first);
  return found == words.end() ? EndReason::stop : found->second;
}

}  // namespace providers
