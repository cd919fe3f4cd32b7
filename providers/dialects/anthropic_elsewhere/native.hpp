// Replies of Bedrock's invoke for clients of Anthropic's Messages: the events in the frames, as Anthropic
// would send them.
#pragma once

#include "providers/dialect/native_replies.hpp"

namespace providers {

const NativeReplies& framed_native_replies();

}  // namespace providers
