// When nobody is left: the least that would have to be given up to let somebody in. Pure; for explanations,
// not on the way of a request.
#pragma once

#include <optional>
#include <vector>

#include "routing/decision/decision.hpp"
#include "routing/market/snapshot.hpp"

namespace routing {

// One endpoint, and all that stands between it and the request. Compliance is never offered.
struct Remedy {
  struct Limit {
    const Rule* rule = nullptr;  // of the policy
    std::optional<Margin> margin{};
  };
  EndpointIndex endpoint = 0;
  std::vector<Limit> limits;
  std::vector<Objection> objections;  // the request's own
};

// The endpoint that misses the fewest rules and preferences, and among those the one that misses them by the
// least share. Nothing when someone is left, or when no limit is what stands in the way. The decision is of
// this snapshot, policy and demand.
std::optional<Remedy> smallest_remedy(const Snapshot& snapshot, const Policy& policy, const Demand& demand,
                                      const Decision& decision);

}  // namespace routing
