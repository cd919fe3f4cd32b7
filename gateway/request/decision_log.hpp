// Notes what a decision saw, so that it can be taken again. On the way of every request where records are
// kept: copies numbers only.
#pragma once

#include "routing/decision/plan.hpp"
#include "routing/replay/logged_decision.hpp"

namespace gateway {

// Copies the counts a decision on `demand` may read to `frozen`, so that it sees one state of what other
// threads change, and notes those that are not zero.
void freeze(const routing::InFlight& in_flight, const routing::Catalogue& catalogue,
            const routing::Demand& demand, routing::InFlight& frozen, routing::LoggedDecision& log);

// The rest, after the decision.
void note(const routing::Decision& decision, const routing::Demand& demand, routing::LoggedDecision& log);

}  // namespace gateway
