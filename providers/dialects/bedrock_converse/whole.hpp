// A reply of Converse as the events of an answer. Pure.
#pragma once

#include "providers/dialect/answer_reader.hpp"
#include "providers/json/json_tokens.hpp"

namespace providers {

Reading read_converse_whole(std::string_view body, std::string_view thinking_format, JsonTokens& tokens,
                            AnswerSink& sink);

}  // namespace providers
