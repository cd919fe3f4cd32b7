// A conversation's system and turns as Responses takes them: instructions, and items one after the other.
// Pure.
#pragma once

#include <cstdint>

#include "providers/conversation/conversation.hpp"
#include "providers/json/json_writer.hpp"

namespace providers {

enum class EarlierThinking { kept, lost };

// The members `instructions` and `input`. Of what was thought in earlier turns only what this API encrypted
// is sent, and nothing that is marked as another endpoint's than `owner`; says whether more was there.
EarlierThinking write_responses_items(JsonWriter& json, const Conversation& conversation,
                                      std::uint64_t owner);

}  // namespace providers
