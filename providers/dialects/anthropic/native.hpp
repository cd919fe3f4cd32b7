// Replies of Anthropic's Messages for clients of the same.
#pragma once

#include "providers/dialect/native_replies.hpp"

namespace providers {

const NativeReplies& anthropic_native_replies();

}  // namespace providers
