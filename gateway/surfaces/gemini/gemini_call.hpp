// What a call of Google's says beside its contents: in its path, and again in its body. Pure.
#pragma once

#include <optional>
#include <string>

#include "gateway/surface/surface.hpp"

namespace gateway {

// Leaves in `body` what is asked alone: the request that a count of tokens is of, without the model, which
// stands in the path. An error where the body names another model than the path.
std::optional<ErrorReply> strip_gemini_call(const PathSaid& said, std::string& body);

}  // namespace gateway
