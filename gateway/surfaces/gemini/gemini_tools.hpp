// Reads the tools of a call of Google's generateContent, and its schemas. Pure.
#pragma once

#include <string_view>

#include "gateway/surface/body_walk.hpp"
#include "providers/conversation/conversation.hpp"

namespace gateway {

bool read_gemini_tools(BodyWalk& walk, const Path& path, std::string_view body,
                       providers::Conversation& conversation);
bool read_gemini_tool_config(BodyWalk& walk, const Path& path, providers::Conversation& conversation);

}  // namespace gateway
