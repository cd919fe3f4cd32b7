// A choice judged afterwards: how much dearer it was than the best of the others, by what is believed of all
// of them once it is over, what was measured meanwhile included. It is the choice that is judged and not the
// luck of one request: the chosen host, too, is taken for what it is believed to be. Pure.
#pragma once

#include <algorithm>
#include <optional>

#include "routing/market/snapshot.hpp"
#include "routing/policy/policy.hpp"
#include "routing/replay/logged_decision.hpp"
#include "routing/terms/demand.hpp"
#include "routing/terms/outcome.hpp"

namespace routing {

struct Hindsight {
  EndpointIndex best = 0;    // of the others
  std::uint32_t others = 0;  // that could be chosen, too, and of which anything was measured
  // Dollars, waiting and failing included, of this request as long as it turned out to be.
  double chosen_cost = 0;
  double best_cost = 0;
  double sd = 0;  // of the difference: how little is known of the two

  double regret() const { return std::max(0.0, chosen_cost - best_cost); }
};

// `after` is of the catalogue that the decision belongs to, `decision` the one that chose; `answer` the
// attempt that the request went by, for how long prompt and answer turned out to be; null without one.
// Nothing where nobody was chosen, or no other one could have been.
std::optional<Hindsight> in_hindsight(const Snapshot& after, const Policy& policy, const Demand& demand,
                                      const LoggedDecision& decision, const Attempt* answer,
                                      config::TimePoint now);

}  // namespace routing
