// The event that tells the usage of a stream whose host sent none where OpenAI's clients look for it. Pure.
#pragma once

#include <string>

#include "gateway/chat/error_reply.hpp"
#include "routing/terms/outcome.hpp"

namespace gateway {

// "data: {...}\n\n": a chunk without choices, as the last before [DONE] is where usage was asked for, with
// the cost in dollars. What is only an estimate says so: "isocost":{"estimated":true}.
std::string usage_event(const routing::Attempt& attempt, const StreamIdentity& stream);

}  // namespace gateway
