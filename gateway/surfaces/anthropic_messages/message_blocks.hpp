// Reads what messages of Anthropic's are made of, and the system's texts, as parts of a conversation. Pure.
#pragma once

#include <string_view>
#include <vector>

#include "gateway/surface/body_walk.hpp"
#include "providers/conversation/conversation.hpp"

namespace gateway {

// The `content` of a message, and the value of `system`: a string, or an array of blocks. What a conversation
// has no place for is listed in it.
bool read_blocks(BodyWalk& walk, const Path& path, std::string_view body,
                 providers::Conversation& conversation, std::vector<providers::Part>& parts);

}  // namespace gateway
