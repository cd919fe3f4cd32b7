// Answers that a host stores for its clients: their ids as clients know them, sealed with who stores them.
#pragma once

#include <functional>
#include <optional>
#include <string>

#include "gateway/request/inference.hpp"

namespace gateway {

// Leaves out everybody but the endpoint that stores the answer which the request refers to, and puts in the
// host's own id of it. An error where there is no such answer of this key's.
std::optional<ErrorReply> find_stored(InferenceRequest& request);

// Gives a host's id of an answer that it stores the client's form; empty: nothing is stored there.
using SealedId = std::function<std::string(std::string_view native)>;
SealedId sealed_id_for(const InferenceRequest& request, const routing::Endpoint& endpoint);

}  // namespace gateway
