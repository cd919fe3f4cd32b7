// Puts a call of Google's generateContent into a conversation. Pure.
#pragma once

#include <string_view>

#include "gateway/surface/surface.hpp"

namespace gateway {

// `body` must outlive the result, and `tokens` is scratch space.
Conversed gemini_conversation_of(std::string_view body, providers::JsonTokens& tokens);

}  // namespace gateway
