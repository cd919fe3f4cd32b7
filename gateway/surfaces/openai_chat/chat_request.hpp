// Inspects the body of a chat-completions call.
#pragma once

#include "gateway/surface/client_body.hpp"
#include "gateway/surfaces/openai_chat/chat_answer.hpp"
#include "providers/json/json_tokens.hpp"

namespace gateway {

// `tokens` is scratch space. The result's ranges are of `body`.
Inspected inspect_chat(std::string_view body, providers::JsonTokens& tokens,
                       ChatShape shape = ChatShape::openai);

}  // namespace gateway
