// Reads what a chat message is made of. Pure.
#pragma once

#include <vector>

#include "gateway/surface/body_values.hpp"
#include "providers/conversation/conversation.hpp"

namespace gateway {

// The `content` of a message: a string, an array of parts, or null.
bool read_content(BodyWalk& walk, const Path& path, providers::Conversation& conversation,
                  std::vector<providers::Part>& parts);

}  // namespace gateway
