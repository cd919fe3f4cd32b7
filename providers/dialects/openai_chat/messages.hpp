// A conversation's turns as the messages of OpenAI's chat: results of tools are messages of their own, and
// what was thought is `reasoning_content`, as DeepSeek has it. Pure.
#pragma once

#include "providers/conversation/conversation.hpp"
#include "providers/json/json_writer.hpp"

namespace providers {

enum class HistoryThoughts { told, left_out };

void write_openai_chat_messages(JsonWriter& json, const Conversation& conversation, HistoryThoughts thoughts);
// Whether some of it has no text, and so no place here.
bool has_untold_thoughts(const Conversation& conversation);

}  // namespace providers
