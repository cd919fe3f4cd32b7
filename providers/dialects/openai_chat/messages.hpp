// A conversation's turns as the messages of OpenAI's chat: results of tools are messages of their own, and
// what was thought is a member of its message. Pure.
#pragma once

#include <string_view>

#include "providers/conversation/conversation.hpp"
#include "providers/json/json_writer.hpp"

namespace providers {

// `thoughts`: the member that tells what was thought; empty: nothing does.
void write_openai_chat_messages(JsonWriter& json, const Conversation& conversation,
                                std::string_view thoughts);
// Whether some of it has no text, and so no place here.
bool has_untold_thoughts(const Conversation& conversation);

}  // namespace providers
