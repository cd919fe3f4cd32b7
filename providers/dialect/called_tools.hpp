// Tools that a conversation tells of. Pure.
#pragma once

#include <vector>

#include "providers/conversation/conversation.hpp"

namespace providers {

// The tools that earlier turns called, each once, in their order, where no tools are offered any more: some
// APIs take no calls of tools that they are not told of. Empty where tools are offered.
std::vector<Text> called_but_not_offered(const Conversation& conversation);

}  // namespace providers
