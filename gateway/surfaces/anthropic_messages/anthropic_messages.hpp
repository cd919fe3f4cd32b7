// Anthropic's Messages as clients speak it: POST /v1/messages, and how long a prompt is, which is estimated
// here, at POST /v1/messages/count_tokens.
#pragma once

#include "gateway/surface/surface.hpp"

namespace gateway {

const Surface& anthropic_messages_surface();

}  // namespace gateway
