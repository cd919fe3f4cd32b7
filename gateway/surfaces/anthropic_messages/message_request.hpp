// What isocost must know of the body of a call to Anthropic's Messages.
#pragma once

#include "gateway/surface/client_body.hpp"
#include "providers/json/json_tokens.hpp"

namespace gateway {

// What the prompt is sent for: an answer, or to be told how long it is.
enum class Purpose { answer, count };

// Whom the member `fallbacks` is for: Anthropic has one for its own models, OpenRouter one for all of its.
enum class Fallbacks { for_hosts, for_router };

// `tokens` is scratch space. The result's ranges are of `body`.
Inspected inspect_messages(std::string_view body, providers::JsonTokens& tokens, Purpose purpose,
                           Fallbacks fallbacks = Fallbacks::for_hosts);

}  // namespace gateway
