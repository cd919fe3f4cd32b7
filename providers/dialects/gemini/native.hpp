// Replies of Google's generateContent for clients of the same.
#pragma once

#include "providers/dialect/native_replies.hpp"

namespace providers {

const NativeReplies& gemini_native_replies();

}  // namespace providers
