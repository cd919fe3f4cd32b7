#include "gateway/request/preset_words.hpp"

#include <algorithm>
#include <array>
#include <span>

namespace gateway {
namespace {

using config::Format;

// The same in both, by name and by value.
constexpr std::array<std::string_view, 10> of_completions{
    "max_tokens",        "temperature",      "top_p",      "stop", "seed", "n",
    "frequency_penalty", "presence_penalty", "logit_bias", "user"};
constexpr std::array<std::string_view, 7> of_responses{
    "temperature", "top_p", "top_logprobs", "parallel_tool_calls", "service_tier", "metadata", "user"};
constexpr std::array<std::string_view, 3> of_messages{"temperature", "top_p", "top_k"};

bool has(std::span<const std::string_view> names, std::string_view name) {
  return std::ranges::find(names, name) != names.end();
}

std::string effort(std::string_view value) {
  return std::string("{\"effort\":").append(value).append("}");
}

}  // namespace

std::optional<SaidDefault> said_default(Format format, std::string_view name, std::string_view value) {
  const bool is_bound = name == "max_tokens" || name == "max_completion_tokens";
  const SaidDefault same{name, std::string(value)};
  switch (format) {
    case Format::chat:
      return same;
    case Format::completions:
      return has(of_completions, name) ? std::optional(same) : std::nullopt;
    case Format::responses:
      if (is_bound) return SaidDefault{"max_output_tokens", std::string(value)};
      if (name == "reasoning_effort") return SaidDefault{"reasoning", effort(value)};
      return has(of_responses, name) ? std::optional(same) : std::nullopt;
    case Format::messages:
      if (is_bound) return SaidDefault{"max_tokens", std::string(value)};
      if (name == "reasoning_effort") return SaidDefault{"output_config", effort(value)};
      if (name == "stop") {
        const bool is_list = value.starts_with('[');
        return SaidDefault{"stop_sequences", is_list ? std::string(value) : "[" + std::string(value) + "]"};
      }
      return has(of_messages, name) ? std::optional(same) : std::nullopt;
    default:
      return std::nullopt;
  }
}

std::string_view system_member(Format format) {
  switch (format) {
    case Format::chat:
      return "messages";
    case Format::responses:
      return "instructions";
    case Format::messages:
      return "system";
    default:
      return {};
  }
}

}  // namespace gateway
