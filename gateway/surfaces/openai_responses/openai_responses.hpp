// OpenAI's Responses as clients speak it: POST /v1/responses, and how long a prompt is:
// POST /v1/responses/input_tokens. Stateless: every call brings all of its history.
#pragma once

#include "gateway/surface/surface.hpp"

namespace gateway {

const Surface& openai_responses_surface();

}  // namespace gateway
