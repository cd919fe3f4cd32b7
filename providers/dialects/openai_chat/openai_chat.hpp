// OpenAI's chat completions, as most hosts speak it: POST /chat/completions. For requests that came in
// another API; those of OpenAI's own clients are passed on as they are.
#pragma once

#include "providers/dialects/dialect.hpp"

namespace providers {

const Dialect& openai_chat_dialect();

}  // namespace providers
