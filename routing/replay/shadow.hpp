// What another policy would have made of a request that was decided under the one in force: nobody is asked
// for it. Both are judged by the same beliefs, those once the request is over, and by what the policy in
// force says that money and waiting are worth. Each counts with the probabilities of all that it might have
// chosen, so that a draw of exploring is nobody's merit. Pure.
#pragma once

#include <optional>

#include "routing/market/snapshot.hpp"
#include "routing/replay/logged_decision.hpp"
#include "routing/terms/outcome.hpp"

namespace routing {

struct ShadowFinding {
  enum class What {
    judged,
    forbidden,   // it might have chosen whom the policy in force never allows
    unserved,    // it would have left nobody
    unmeasured,  // it would have chosen whom nothing is known of yet
  };
  What what = What::judged;
  double moved = 0;  // probability that somebody else is chosen
  // What it adds; less than zero: what it saves. Of `judged` alone.
  double cost = 0;     // dollars, waiting and failing included
  double dollars = 0;  // that hosts bill
  double seconds = 0;  // until the whole answer
};

// Where more of the requests than this could not be judged, what is known of the others is no ground to act
// upon: it was no chance that left them out.
inline constexpr double most_unjudged = 0.1;

// `shadow`: what plan() decides under the other policy about what `logged` saw, `in_force` the policy that
// decided then. The rest as in_hindsight's. Nothing where nobody was chosen, or not all that could be is
// kept.
std::optional<ShadowFinding> compared(const Decision& shadow, const Policy& in_force, const Snapshot& after,
                                      const Demand& demand, const LoggedDecision& logged,
                                      const Attempt* answer, config::TimePoint now);

}  // namespace routing
