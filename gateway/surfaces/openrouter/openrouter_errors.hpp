// Errors as OpenRouter's clients read them: a number as the code, and one of its types beside it. Pure.
#pragma once

#include <string>
#include <string_view>

#include "gateway/surface/error_reply.hpp"

namespace gateway {

// Of OpenRouter's `error_type`s.
std::string_view openrouter_error_type(const ErrorReply& error);

// {"error":{"code":429,"message","metadata":{"error_type", ...}}}
std::string openrouter_envelope(const ErrorReply& error);

// The same of Responses, which have the type beside the error, too.
std::string openrouter_responses_envelope(const ErrorReply& error);
// Anthropic's, which is `body`, with the type in the error.
std::string openrouter_messages_envelope(const ErrorReply& error, std::string_view body);

// The event that ends a stream which had begun: a chunk with the error beside its only choice.
std::string openrouter_error_event(const ErrorReply& error, const StreamIdentity& stream);

}  // namespace gateway
