// Calls that ask for an operator's preset, as OpenRouter's clients do: `"preset":"NAME"`, or a model
// `@preset/NAME` or `MODEL@preset/NAME`.
#pragma once

#include <optional>
#include <string_view>

#include "gateway/request/inference.hpp"

namespace gateway {

// Puts what the preset says, and the call does not, into the call: its body is there and inspected, and is so
// again. `policy` becomes the preset's. Nothing where all is well, else what the client is told.
std::optional<ErrorReply> apply_preset(InferenceRequest& request, providers::JsonTokens& tokens,
                                       std::string_view& policy);

}  // namespace gateway
