// Reads the tools of a call of Google's generateContent, and its schemas. Pure.
#pragma once

#include <string_view>
#include <vector>

#include "gateway/surface/body_walk.hpp"
#include "providers/conversation/conversation.hpp"

namespace gateway {

bool read_gemini_tools(BodyWalk& walk, const Path& path, std::string_view body,
                       providers::Conversation& conversation);
// `allowed`: names of those that may be called; none: all of them may.
bool read_gemini_tool_config(BodyWalk& walk, const Path& path, providers::Conversation& conversation,
                             std::vector<providers::Text>& allowed);

}  // namespace gateway
