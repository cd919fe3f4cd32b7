// Errors as Google's APIs tell them: a code, a status of gRPC, and where in the request it is. Pure.
#pragma once

#include <string>

#include "gateway/surface/error_reply.hpp"

namespace gateway {

std::string gemini_error(const ErrorReply& error);

}  // namespace gateway
