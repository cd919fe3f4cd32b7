// Reads Anthropic's whole reply: the same events as of its stream. Pure.
#pragma once

#include "providers/dialect/answer_reader.hpp"
#include "providers/dialect/passed.hpp"
#include "providers/json/json_tokens.hpp"

namespace providers {

Reading read_anthropic_whole(std::string_view body, JsonTokens& tokens, AnswerSink& sink);
// The same for a client that is given it as it is.
PassedReply pass_anthropic_whole(std::string_view body, JsonTokens& tokens);

}  // namespace providers
