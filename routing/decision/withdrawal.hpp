// What a reload means for requests under way: they keep the generation they began with, but no further
// attempt goes to an endpoint that the newest one has no more or does not allow. Pure.
#pragma once

#include <vector>

#include "routing/market/snapshot.hpp"
#include "routing/policy/policy.hpp"
#include "routing/terms/demand.hpp"

namespace routing {

// Those endpoints of `began`, by its own indexes, that the newest generation takes away from this request.
// Endpoints are the same when model, name and host are. `policy` is the newest one of the request's.
void find_withdrawn(const Catalogue& began, const Demand& demand, const Snapshot& newest,
                    const Policy& policy, config::TimePoint now, std::vector<EndpointIndex>& withdrawn);

}  // namespace routing
