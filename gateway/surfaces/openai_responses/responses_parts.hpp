// Reads what an item of `input` is made of: texts, images, files, audio. Pure.
#pragma once

#include <vector>

#include "gateway/surface/body_values.hpp"
#include "providers/conversation/conversation.hpp"

namespace gateway {

// The `content` of a message, or the `output` of a tool: a string, an array of parts, or null. What no
// conversation has a place for is listed in it as a need.
bool read_item_content(BodyWalk& walk, const Path& path, providers::Conversation& conversation,
                       std::vector<providers::Part>& parts);

}  // namespace gateway
