// OpenAI's chat completions as OpenRouter's clients speak it: POST /api/v1/chat/completions.
#pragma once

#include "gateway/surface/surface.hpp"

namespace gateway {

const Surface& openrouter_chat_surface();

}  // namespace gateway
