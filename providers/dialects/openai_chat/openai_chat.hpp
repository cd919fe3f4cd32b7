// OpenAI's chat completions, as most hosts speak it: POST /chat/completions. Requests of OpenAI's own clients
// are passed on as they are, those that came in another API are put into it.
#pragma once

#include "providers/dialect/dialect.hpp"

namespace providers {

const Dialect& openai_chat_dialect();

}  // namespace providers
