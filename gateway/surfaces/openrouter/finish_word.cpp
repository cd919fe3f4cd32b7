#include "gateway/surfaces/openrouter/finish_word.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace gateway {
namespace {

using Row = std::pair<std::string_view, std::string_view>;

// Of OpenAI, Anthropic, Google, Mistral, DeepSeek, Cohere and of those who serve open models.
constexpr std::array<Row, 28> words{{{"stop", "stop"},
                                     {"length", "length"},
                                     {"tool_calls", "tool_calls"},
                                     {"content_filter", "content_filter"},
                                     {"error", "error"},
                                     {"function_call", "tool_calls"},
                                     {"tool_use", "tool_calls"},
                                     {"tool_call", "tool_calls"},
                                     {"max_tokens", "length"},
                                     {"max_length", "length"},
                                     {"max_output_tokens", "length"},
                                     {"model_length", "length"},
                                     {"model_context_window_exceeded", "length"},
                                     {"incomplete", "length"},
                                     {"safety", "content_filter"},
                                     {"recitation", "content_filter"},
                                     {"blocklist", "content_filter"},
                                     {"prohibited_content", "content_filter"},
                                     {"spii", "content_filter"},
                                     {"refusal", "content_filter"},
                                     {"sensitive", "content_filter"},
                                     {"content_filtered", "content_filter"},
                                     {"malformed_function_call", "error"},
                                     {"network_error", "error"},
                                     {"abort", "error"},
                                     {"insufficient_system_resource", "error"},
                                     {"error_limit", "error"},
                                     {"error_toxic", "content_filter"}}};

bool is_same(std::string_view a, std::string_view b) {
  return std::ranges::equal(a, b, [](char x, char y) {
    return (x >= 'A' && x <= 'Z' ? static_cast<char>(x - 'A' + 'a') : x) == y;
  });
}

}  // namespace

std::string_view finish_word(std::string_view native) {
  const auto found = std::ranges::find_if(words, [&](const Row& row) { return is_same(native, row.first); });
  return found == words.end() ? std::string_view("stop") : found->second;
}

}  // namespace gateway
