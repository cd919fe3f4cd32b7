// Reads the messages of a chat body as the turns of a conversation. Pure.
#pragma once

#include <vector>

#include "gateway/surface/body_walk.hpp"
#include "providers/conversation/conversation.hpp"

namespace gateway {

// The value of `messages`. What is said by the system before anybody else becomes the conversation's system.
// Arguments of tool calls are not looked at: they are for check_arguments().
bool read_turns(BodyWalk& walk, const Path& path, providers::Conversation& conversation);

}  // namespace gateway
