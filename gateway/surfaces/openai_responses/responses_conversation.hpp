// Reads a Responses body as a conversation, for hosts that speak another API. What it says that a
// conversation has no place for is listed in it, by its own name. Pure.
#pragma once

#include <string_view>

#include "gateway/surface/surface.hpp"

namespace gateway {

// `body` must outlive the result, and `tokens` is scratch space. Faults are of what inspect() leaves to
// hosts: the shapes of items, tools and parameters.
Conversed responses_conversation_of(std::string_view body, providers::JsonTokens& tokens);

}  // namespace gateway
