// Reads the tools of a chat body, and how free the model is to call them. Pure.
#pragma once

#include <string_view>
#include <vector>

#include "gateway/surface/body_walk.hpp"
#include "providers/conversation/conversation.hpp"

namespace gateway {

// Each reads the value of the member of its name. `allowed`: names of tools that may be called; none: all
// may.
bool read_tools(BodyWalk& walk, const Path& path, std::string_view body,
                providers::Conversation& conversation);
bool read_tool_choice(BodyWalk& walk, const Path& path, providers::Conversation& conversation,
                      std::vector<providers::Text>& allowed);
// As chats had them before tools.
bool read_functions(BodyWalk& walk, const Path& path, std::string_view body,
                    providers::Conversation& conversation);
bool read_function_choice(BodyWalk& walk, const Path& path, providers::Conversation& conversation);

}  // namespace gateway
