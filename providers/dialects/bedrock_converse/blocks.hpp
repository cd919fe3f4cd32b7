// The turns of a conversation as Converse has them: `user` and `assistant` in turn, made of blocks. Pure.
#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "providers/conversation/conversation.hpp"
#include "providers/json/json_writer.hpp"

namespace providers {

struct ConverseTurn {
  struct Sent {
    const Part* part;
    bool is_system = false;
  };
  Turn::Role role = Turn::Role::user;
  std::vector<Sent> blocks{};
};

struct ConverseTurns {
  std::vector<const Part*> system;  // texts
  std::vector<ConverseTurn> turns;
  bool lose_thinking = false;  // earlier thinking of others is left out
};

// Views into the conversation. `thinking_format`: of the thinking that the model takes back.
ConverseTurns converse_turns(const Conversation& conversation, std::string_view thinking_format);
// Whether tools were called, or answered, in earlier turns.
bool has_tool_parts(const Conversation& conversation);

void write_converse_system(JsonWriter& json, const std::vector<const Part*>& system);
// `last`: the mark behind all of them, where their last block has none of its own.
void write_converse_turns(JsonWriter& json, const ConverseTurns& turns, const std::optional<CacheLife>& last);
void write_cache_point(JsonWriter& json, CacheLife life);

}  // namespace providers
