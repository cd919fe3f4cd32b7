// Reads the items of `input` as the turns of a conversation. Pure.
#pragma once

#include "gateway/surface/body_values.hpp"
#include "providers/conversation/conversation.hpp"

namespace gateway {

// The value of `input`: a text, or items. Which calls are those of tools that take a text is not known yet.
bool read_items(BodyWalk& walk, const Path& path, providers::Conversation& conversation);

}  // namespace gateway
