// What a client is told when endpoints that may take its request have no room for it now.
#pragma once

#include <optional>
#include <string>

#include "gateway/overload/shed.hpp"
#include "gateway/request/inference.hpp"
#include "gateway/surface/error_reply.hpp"

namespace gateway {

// Whoever may take the request has as many under way as its provider's limit allows. `why`: the reason of
// each; `shed`: why the request does not wait any more.
ErrorReply all_full(const InferenceRequest& request, const std::string& why, Shed shed,
                    config::TimePoint now);
// Our keys at whoever may take it have used what they may.
ErrorReply all_used(const InferenceRequest& request, const std::string& why,
                    std::optional<config::TimePoint> earliest, config::TimePoint now);

}  // namespace gateway
