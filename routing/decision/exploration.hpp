// Sends a request to a host that is probably not the best, when too little is known to be sure and the purse
// pays the expected difference: Thompson sampling among those it can pay for. Pure; draws come from the seed.
// The posterior is cut into 13 points, so that the probability of each choice is known exactly and a record
// can be replayed and reweighted. Source: Russo et al. 2018, "A Tutorial on Thompson Sampling".
#pragma once

#include "routing/decision/decision.hpp"

namespace routing {

// Takes `decision.order` with the best first, and only looks at those in its tier. Sets the propensities and
// returns the index in `decision.verdicts` of who gets the request.
std::uint32_t explore(const Policy& policy, double dollars, Decision& decision);

}  // namespace routing
