// A conversation's turns as Anthropic takes them: user and assistant by turns, results of tools first. Pure.
#pragma once

#include <vector>

#include "providers/conversation/conversation.hpp"
#include "providers/json/json_writer.hpp"

namespace providers {

struct AnthropicBlock {
  const Part* part = nullptr;
  bool is_system = false;  // said by the system between turns: given to the user's turn, marked
};

struct AnthropicTurn {
  Turn::Role role = Turn::Role::user;
  std::vector<AnthropicBlock> blocks;  // never empty
};

struct AnthropicMessages {
  std::vector<AnthropicTurn> turns;
  bool are_system = false;     // nobody else speaks: the system's texts are the one turn there must be
  bool lose_thinking = false;  // some of earlier turns cannot be sent
};

// Blank texts are refused, and so is thinking that Anthropic did not sign.
bool is_sent_to_anthropic(const Part& part);
// Views into `conversation`, of what is sent.
AnthropicMessages anthropic_messages(const Conversation& conversation);

// The values of `messages` and of `system`.
void write_anthropic_turns(JsonWriter& json, const std::vector<AnthropicTurn>& turns);
void write_anthropic_system(JsonWriter& json, const std::vector<Part>& system);

void write_cache_control(JsonWriter& json, const std::optional<CacheLife>& cache);

}  // namespace providers
