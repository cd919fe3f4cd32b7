// Warnings about policies that are well written and yet cannot do what their owner hopes: no endpoint can
// satisfy them on declared facts, or a limit is stricter than any host has met. Pure; for `isocost check`,
// not for requests.
#pragma once

#include <span>

#include "routing/policy/policy_set.hpp"

namespace routing {

// `measured`: by EndpointIndex, or empty when nothing was measured. Shipped policies are left out.
void check_policies(const PolicySet& policies, const Catalogue& catalogue, std::span<const Measured> measured,
                    config::Problems& problems);

}  // namespace routing
