// OpenAI's Responses, as hosts speak it: POST /responses. Requests of clients of the same API are passed on
// as they are, those that came in another are put into it. Nothing is asked to be stored.
#pragma once

#include "providers/dialect/dialect.hpp"

namespace providers {

const Dialect& openai_responses_dialect();

}  // namespace providers
