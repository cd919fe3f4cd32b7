// What a policy's owner forbids under all circumstances, for those in a simulation who know no policies:
// baselines and oracles are compared only within what is allowed. Pure.
#pragma once

#include "routing/policy/policy.hpp"

namespace routing {

// Whether `rules.always` and `rules.allow` let this endpoint have this request.
bool complies(const Policy& rules, const Endpoint& endpoint, const Demand& demand);

}  // namespace routing
