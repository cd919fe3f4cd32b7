// Replies of OpenAI's chat, and of the older completions, which differ in the name of one member, for clients
// of the same API.
#pragma once

#include "providers/dialect/native_replies.hpp"

namespace providers {

const NativeReplies& openai_native_replies();
// Of the older completions.
const NativeReplies& openai_completion_replies();

}  // namespace providers
