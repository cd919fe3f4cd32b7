// Sets up what a recorded decision saw and lets plan() decide again, under the same policy or another one.
// Pure; belongs to one thread.
#pragma once

#include <memory>
#include <span>
#include <vector>

#include "routing/decision/plan.hpp"
#include "routing/replay/logged_decision.hpp"

namespace routing {

class Stage {
 public:
  explicit Stage(std::shared_ptr<const Catalogue> catalogue);

  const Catalogue& catalogue() const { return *snapshot_.catalogue; }
  // The market as it was. As many states as the catalogue has endpoints.
  void show(std::uint64_t version, std::vector<EndpointState> states);
  // `tried`: the request's attempts so far, `logged.tried` of them. The result is good until the next call.
  const Decision& decide(const LoggedDemand& demand, const LoggedDecision& logged,
                         std::span<const Attempt> tried, const Policy& policy);
  // The same of a request that is at hand whole, its first attempt; its model is of this very catalogue.
  // `money`: what it counts under a policy with a budget.
  const Decision& decide(const Demand& demand, const LoggedDecision& logged, const Policy& policy,
                         double money = 1);
  // Of the last decision.
  const Demand& demand() const { return demand_; }

 private:
  void set_demand(const LoggedDemand& demand, const LoggedDecision& logged);
  void set_caches(const LoggedDemand& demand, const LoggedDecision& logged);
  // The blocks of the demand that hosts had seen.
  void set_uses(const LoggedDecision& logged);
  void set_load(const LoggedDecision& logged);
  const Decision& decide_on(const LoggedDecision& logged, const Policy& policy, double money);

  Snapshot snapshot_;
  InFlight in_flight_;
  Attempts tried_;
  std::vector<EndpointIndex> busy_;  // whose counts are not zero
  std::shared_ptr<LengthTable> lengths_ = std::make_shared<LengthTable>();
  Demand demand_;
  Decision decision_;
};

// How a decision taken again differs from the record; nothing when it does not. Probabilities may differ by
// what another machine's mathematics rounds differently.
enum class Difference { none, chosen, reason, propensity };
Difference difference(const LoggedDecision& logged, const Decision& again);

}  // namespace routing
