// When a second request beside a slow one pays for itself: the first token of either wins, both are charged.
// Pure. Source of hedging: Dean and Barroso 2013, "The Tail at Scale"; the gate in dollars is our own,
// because asking always at the p95 loses money on long prompts.
#pragma once

#include "routing/decision/decision.hpp"
#include "routing/policy/policy.hpp"

namespace routing {

// After which silence a second host should be asked, by what was expected when the first one was.
//   max(0.3 s, 1.1 · p95 of the chosen one, dollars of the duplicate / V_ttft + TTFT of the alternative)
// Nothing: never, because the reply comes whole, waiting is worth nothing, nobody else is left, tools run at
// the host, or more than two fifths of the hosts are shut.
std::optional<config::Duration> hedge_after(const Decision& decision, const Policy& policy,
                                            const Demand& demand, const Catalogue& catalogue);

// The time of that, for a request that is asked now; nothing where its own time is over before.
std::optional<config::TimePoint> beside_at(const Decision& decision, const Policy& policy,
                                           const Demand& demand, const Catalogue& catalogue,
                                           config::TimePoint now);

// Whom the decision would have asked beside `first`. Nothing: nobody else, or one that is only tried.
std::optional<EndpointIndex> second_to(EndpointIndex first, const Decision& decision);

// Hedges are a share of requests and never save up for more than a few.
class HedgeBudget {
 public:
  void count_request(double share) { add(share); }
  bool take() {
    if (tokens_ < 1) return false;
    tokens_ -= 1;
    return true;
  }
  // What was taken for a second request that was not sent after all.
  void give_back() { add(1); }

 private:
  void add(double share) { tokens_ = tokens_ + share < most ? tokens_ + share : most; }

  static constexpr double most = 5;
  double tokens_ = 1;
};

}  // namespace routing
