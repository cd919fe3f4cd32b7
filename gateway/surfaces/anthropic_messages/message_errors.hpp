// Errors as Anthropic's clients read them. Pure.
#pragma once

#include <string>
#include <string_view>

#include "gateway/surface/error_reply.hpp"

namespace gateway {

// {"type":"error","error":{"type","message","details"},"request_id"}
std::string message_error(const ErrorReply& error, std::string_view request_id);

}  // namespace gateway
