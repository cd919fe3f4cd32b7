// Errors as OpenRouter's clients read them: a number as the code, and one of its types beside it. Pure.
#pragma once

#include <string>

#include "gateway/surface/error_reply.hpp"

namespace gateway {

// Of OpenRouter's `error_type`s.
std::string_view openrouter_error_type(const ErrorReply& error);

// {"error":{"code":429,"message","metadata":{"error_type", ...}}}
std::string openrouter_envelope(const ErrorReply& error);

// The event that ends a stream which had begun: a chunk with the error beside its only choice.
std::string openrouter_error_event(const ErrorReply& error, const StreamIdentity& stream);

}  // namespace gateway
