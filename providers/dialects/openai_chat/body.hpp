// A conversation as the body of OpenAI's POST /chat/completions, for clients of other APIs. Pure.
#pragma once

#include "providers/dialect/interpreter.hpp"

namespace providers {

Matters carried_by_openai_chat(const HostModel& model);

WrittenRequest write_openai_chat_body(const Conversation& conversation, const HostModel& model,
                                      routing::Delivery delivery);

}  // namespace providers
