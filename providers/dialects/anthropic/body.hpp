// A conversation as the body of Anthropic's POST /messages. Pure.
#pragma once

#include <span>
#include <string_view>

#include "providers/dialect/interpreter.hpp"

namespace providers {

// Where neither the client nor the endpoint's settings say how long an answer may be: the host must be told
// something, and every model of Anthropic's takes this.
inline constexpr std::int64_t anthropic_default_max_tokens = 4'096;

Matters carried_by_anthropic(const HostModel& model);

// What others who serve its models have in the body.
struct AnthropicBodyForm {
  std::string_view version{};  // in place of the model, which they have in the path; empty: the model
  bool says_stream = true;
  std::span<const std::string_view> betas{};
};

WrittenRequest write_anthropic_body(const Conversation& conversation, const HostModel& model,
                                    routing::Delivery delivery, JsonTokens& tokens,
                                    const AnthropicBodyForm& form = {});

}  // namespace providers
