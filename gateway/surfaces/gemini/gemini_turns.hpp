// Reads what is said in a call of Google's generateContent. Pure.
#pragma once

#include <string_view>

#include "gateway/surface/body_walk.hpp"
#include "providers/conversation/conversation.hpp"

namespace gateway {

// The value of `contents`.
bool read_gemini_turns(BodyWalk& walk, const Path& path, std::string_view body,
                       providers::Conversation& conversation);
// The value of `systemInstruction`: texts.
bool read_gemini_system(BodyWalk& walk, const Path& path, providers::Conversation& conversation);

}  // namespace gateway
