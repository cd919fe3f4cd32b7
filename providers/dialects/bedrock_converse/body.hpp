// A conversation as the body of Bedrock's Converse. Pure.
#pragma once

#include "providers/dialect/betas.hpp"
#include "providers/dialect/interpreter.hpp"
#include "providers/json/json_tokens.hpp"

namespace providers {

Matters carried_by_converse(const HostModel& model);

// Anthropic's alone are told any.
Betas converse_betas(std::string_view list, const HostModel& model);

WrittenRequest write_converse_body(const Conversation& conversation, const HostModel& model,
                                   JsonTokens& tokens);

}  // namespace providers
