// A conversation's turns as the messages of OpenAI's chat: results of tools are messages of their own. Pure.
#pragma once

#include "providers/conversation/conversation.hpp"
#include "providers/json/json_writer.hpp"

namespace providers {

void write_openai_chat_messages(JsonWriter& json, const Conversation& conversation);

}  // namespace providers
