// OpenAI's Responses as hosts send them, for clients of the same API. Pure.
#pragma once

#include "providers/dialect/native_replies.hpp"

namespace providers {

const NativeReplies& responses_native_replies();

}  // namespace providers
