// From where a request under way is decided: it keeps the generation it began with, whatever was loaded
// since, but asks nobody whom the newest one took away or forbids.
#pragma once

#include <span>

#include "gateway/request/inference.hpp"

namespace gateway {

// Valid until the next wait.
struct Standpoint {
  const routing::Snapshot& snapshot;  // of the request's own generation
  std::span<const routing::EndpointIndex> withdrawn;
};

Standpoint standpoint(DecidingServices& services, const InferenceRequest& request);

}  // namespace gateway
