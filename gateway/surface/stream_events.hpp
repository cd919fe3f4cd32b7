// Events of our own in streams of OpenAI's shape: the usage that a host did not tell, and the error that ends
// a stream. Pure.
#pragma once

#include <string>

#include "gateway/surface/error_reply.hpp"
#include "routing/terms/outcome.hpp"

namespace gateway {

enum class StreamShape { chat, completions };

// "data: {...}\n\n": a chunk without choices, as the last before [DONE] is where usage was asked for, with
// the cost in dollars. What is only an estimate says so: "isocost":{"estimated":true}.
std::string usage_event(const routing::Attempt& attempt, const StreamIdentity& stream, StreamShape shape);

// A chunk without choices, with `members` behind it: clients that do not know them skip it.
std::string note_event(std::string_view members, const StreamIdentity& stream, StreamShape shape);

// The event that ends a stream which had begun. Nothing follows it, no [DONE] either.
std::string error_event(const ErrorReply& error, const StreamIdentity& stream, StreamShape shape);

}  // namespace gateway
