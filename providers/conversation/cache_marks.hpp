// The marks of a conversation that ask a host to remember everything up to them, in the order in which it
// reads what they stand at: tools, system, turns. Pure.
#pragma once

#include <cstddef>

#include "providers/conversation/conversation.hpp"

namespace providers {

// Anthropic's models refuse more.
inline constexpr std::size_t most_cache_marks = 4;

// With that of all that can be remembered.
std::size_t cache_marks_in(const Conversation& conversation);
// The last ones stay: what they stand behind holds what the others do.
void keep_last_cache_marks(Conversation& conversation, std::size_t most);

}  // namespace providers
