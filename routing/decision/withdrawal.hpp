// What a reload means for requests under way: they keep the generation they began with, but no further
// attempt goes to an endpoint that the newest one has no more or does not allow, or that on its newest facts
// is none that the request itself let in. Pure.
#pragma once

#include <vector>

#include "routing/market/snapshot.hpp"
#include "routing/policy/policy.hpp"
#include "routing/terms/demand.hpp"

namespace routing {

// Those endpoints of `began`, by its own indexes, that the newest generation takes away from this request.
// Endpoints are the same when model, name and host are. `policy` is the newest one of the request's, with
// what always holds now; `own` the one that it began with, with what always held then and its own
// preferences.
void find_withdrawn(const Catalogue& began, const Demand& demand, const Snapshot& newest,
                    const Policy& policy, const Policy& own, config::TimePoint now,
                    std::vector<EndpointIndex>& withdrawn);

}  // namespace routing
