// Which policy a request is decided by: one that it asks for, or that a rule, its key or the default gives
// it, with its own `provider` preferences on top. Pure.
#pragma once

#include <optional>

#include "gateway/request/inference.hpp"
#include "gateway/surface/error_reply.hpp"
#include "routing/policy/selection.hpp"

namespace gateway {

// Sets the request's policy; its generation, chat and demand are there. Else what the client is told.
std::optional<ErrorReply> choose_policy(InferenceRequest& request, routing::AskedPolicy asked);

}  // namespace gateway
