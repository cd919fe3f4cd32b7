// OpenAI's chat completions as clients speak it: POST /v1/chat/completions.
#pragma once

#include "gateway/surface/surface.hpp"

namespace gateway {

const Surface& openai_chat_surface();

}  // namespace gateway
