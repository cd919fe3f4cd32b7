// How Anthropic is told to think, if what else is asked allows it. Pure.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "providers/conversation/conversation.hpp"
#include "providers/dialect/host_model.hpp"
#include "providers/dialects/anthropic/turns.hpp"
#include "providers/json/json_writer.hpp"

namespace providers {

struct AnthropicThinking {
  enum class Kind { unsaid, disabled, budget, adaptive };

  Kind kind = Kind::unsaid;
  std::int64_t budget = 0;
  std::string_view effort;  // empty: not said
  bool is_hidden = false;
  bool is_lost = false;  // wanted, but it does not go with the rest

  bool is_on() const { return kind == Kind::budget || kind == Kind::adaptive; }
};

AnthropicThinking anthropic_thinking(const Conversation& conversation,
                                     const std::vector<AnthropicTurn>& turns, const HostModel& model,
                                     std::int64_t max_tokens);

// The member, if it is said.
void write_anthropic_thinking(JsonWriter& json, const AnthropicThinking& thinking);

}  // namespace providers
