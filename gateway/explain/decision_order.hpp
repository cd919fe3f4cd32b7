// The verdicts of a decision in the order a person reads them. Pure; the pointers are into the decision.
#pragma once

#include <vector>

#include "routing/decision/plan.hpp"

namespace gateway {

// Those that could be chosen, the least cost first.
std::vector<const routing::Verdict*> by_rank(const routing::Decision& decision);
// Those that could not, as they stand in the decision.
std::vector<const routing::Verdict*> removed_ones(const routing::Decision& decision);
// The verdict on the chosen one; nullptr when nobody was chosen.
const routing::Verdict* chosen_one(const routing::Decision& decision);

}  // namespace gateway
