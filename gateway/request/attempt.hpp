// One try at one endpoint: sends the request, relays the answer as it comes, and says what was seen.
#pragma once

#include <string>

#include "gateway/request/inference.hpp"
#include "gateway/request/interruption.hpp"
#include "gateway/request/reply.hpp"

namespace gateway {

struct Tried {
  routing::Attempt attempt;
  std::string said;  // the host's own words about a failure, scrubbed
};

// All references must outlive the returned task. The attempt is counted as under way already. `served` names
// what the client is told of this choice.
providers::Task<Tried> attempt(Services& services, InferenceRequest& request, routing::EndpointIndex target,
                               Served served, Reply& reply, Interruption& interruption);

}  // namespace gateway
