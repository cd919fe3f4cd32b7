// One of Anthropic's events in a frame of Bedrock's: as base64 in a JSON object. Pure.
#pragma once

#include <optional>
#include <string>

#include "providers/http/event_stream.hpp"
#include "providers/json/json_tokens.hpp"

namespace providers {

// Its JSON, on one line; nothing where the frame holds none.
std::optional<std::string> event_in_frame(const EventFrame& frame, JsonTokens& tokens);

}  // namespace providers
