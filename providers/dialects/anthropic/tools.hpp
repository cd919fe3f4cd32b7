// The tools of a conversation as Anthropic takes them. Pure.
#pragma once

#include "providers/conversation/conversation.hpp"
#include "providers/dialect/host_model.hpp"
#include "providers/json/json_tokens.hpp"
#include "providers/json/json_writer.hpp"

namespace providers {

// The members `tools` and `tool_choice`, if there are tools.
void write_anthropic_tools(JsonWriter& json, const Conversation& conversation, const HostModel& model,
                           JsonTokens& tokens);

}  // namespace providers
