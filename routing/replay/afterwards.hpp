// One decision, seen once its request is over: what the request would have cost at each endpoint, by what is
// believed by then, what was measured meanwhile included, and as long as prompt and answer turned out to be.
// Pure. What it is made of must outlive it.
#pragma once

#include "routing/decision/candidates.hpp"
#include "routing/replay/logged_decision.hpp"

namespace routing {

// Dollars and seconds.
struct CostAfterwards {
  double cost = 0;      // waiting and failing included
  double dollars = 0;   // that the host bills
  double seconds = 0;   // until the whole answer
  double variance = 0;  // of `cost`: how little is known of the host
};

class Afterwards {
 public:
  // `after` is of the catalogue that the decision belongs to; `answer` the attempt that the request went by,
  // or null.
  Afterwards(const Snapshot& after, const Policy& policy, const Demand& demand,
             const LoggedDecision& decision, const Attempt* answer, config::TimePoint now);

  // `demoted`: whether it was when the decision was taken. What that counts, the policy given here says, and
  // not the one that the decision may have been taken under.
  enum class Demoted { no, yes };
  CostAfterwards at(EndpointIndex endpoint, Demoted demoted) const;
  // Whether any reply of it is known: else only what its peers are like.
  bool is_measured(EndpointIndex endpoint) const {
    return question_.snapshot.endpoints[endpoint].replies > 0;
  }

 private:
  double declared_penalty(EndpointIndex endpoint) const;
  double cached_share(EndpointIndex endpoint) const;
  double load(EndpointIndex endpoint) const;

  Question question_;
  const LoggedDecision& decision_;
};

}  // namespace routing
