// Understands the events of an OpenAI-style stream, and a whole reply, just as far as routing and accounting
// must: of chats, and of the older completions. The JSON of each is validated whole. Views are into the text
// that was classified.
#pragma once

#include "providers/dialect/passed.hpp"
#include "providers/reports/usage.hpp"

namespace providers {

PassedEvent classify(const SseEvent& event, JsonTokens& tokens);

// A whole reply, not streamed. White space before it is allowed (keep-alive blank lines).
PassedReply classify_whole(std::string_view body, JsonTokens& tokens);

// `delta.content` of the only choice of a chunk that was classified, where it is a string.
std::optional<JsonString> text_of_delta(std::string_view data, JsonTokens& tokens);

}  // namespace providers
