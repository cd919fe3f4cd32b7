#include "providers/dialect/finish_words.hpp"

#include <algorithm>
#include <array>
#include <string>
#include <utility>

namespace providers {
namespace {

// In lower case.
constexpr std::array<std::pair<std::string_view, EndReason>, 34> words{{
    {"length", EndReason::length},
    {"max_tokens", EndReason::length},
    {"max_output_tokens", EndReason::length},
    {"max_completion_tokens", EndReason::length},
    {"max_new_tokens", EndReason::length},
    {"max_length", EndReason::length},
    {"model_length", EndReason::length},
    {"token_limit", EndReason::length},
    {"incomplete", EndReason::length},
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
    {"image_prohibited_content", EndReason::content_filter},
    {"image_recitation", EndReason::content_filter},
    {"image_other", EndReason::content_filter},
    {"no_image", EndReason::content_filter},
    {"language", EndReason::content_filter},
    {"model_armor", EndReason::content_filter},
    {"blocked", EndReason::content_filter},
}};
constexpr std::array<std::string_view, 6> broken_off{"error",         "insufficient_system_resource",
                                                     "network_error", "abort",
                                                     "error_limit",   "malformed_function_call"};

std::string lower(std::string_view word) {
  std::string text(word);
  std::ranges::transform(text, text.begin(), [](char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c == '-' ? '_' : c;
  });
  return text;
}

}  // namespace

bool is_usual_finish(std::string_view word) {
  return word == "stop" || word == "length" || word == "tool_calls" || word == "content_filter" ||
         word == "function_call";
}

EndReason end_reason_of(std::string_view word) {
  if (word == "stop") return EndReason::stop;  // most of them
  const auto* const found =
      std::ranges::find(words, lower(word), &std::pair<std::string_view, EndReason>::first);
  return found == words.end() ? EndReason::stop : found->second;
}

bool is_broken_off(std::string_view word) {
  return std::ranges::find(broken_off, lower(word)) != broken_off.end();
}

ReportedError broken_off_error(std::string_view word) {
  ReportedError error;
  error.message = "The host broke its answer off (finish_reason: " + std::string(word) + ").";
  return error;
}

}  // namespace providers
