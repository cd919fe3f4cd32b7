// What the requests of a trace cost at the least on average, whoever decides: what the oracle, which does not
// look ahead, says nothing of. Found by relaxing: whoever decides may know all arrivals, all answers' lengths
// and all that befalls hosts, may give each part of a request to the host when it likes, never meets a
// straggler, an error or a rate limit, and finds in the cache all that its conversation ever said. What
// stays: prices, moods and outages; that time passes; that a host runs so many requests at once, each slower
// the more there are; that some answers break.
//
// The luck of an answer, how far its times lie from the host's usual ones, is known to nobody beforehand, so
// it counts by its mean: the bound holds on average over lucks, for who asks one host at a time and does not
// go on with answers that broke. While hosts have room it lies a few percent to a third below what can be
// had; where they are full it says little. Pure.
#pragma once

#include "routing/simulation/simulation.hpp"

namespace routing {

// Dollars: a scorecard's cost(). 0 without requests.
double least_cost(const Scenario& scenario);

}  // namespace routing
