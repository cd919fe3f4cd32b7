// isocost's own core as it decides live: market, plan, purse, hedge, around one policy. With parts of it
// taken away, to see what they are worth. Belongs to one simulation.
#pragma once

#include <bitset>

#include "routing/decision/hedge.hpp"
#include "routing/decision/plan.hpp"
#include "routing/market/market.hpp"
#include "routing/simulation/contender.hpp"

namespace routing {

enum class CorePart { prompt_size, own_load, exploration, cache, hedge, thresholds };
inline constexpr std::size_t part_count = 6;
using CoreParts = std::bitset<part_count>;

class CoreContender final : public Contender {
 public:
  // `policy` must outlive this; `without` are the parts left out.
  CoreContender(const Policy& policy, CoreParts without, std::shared_ptr<const Catalogue> catalogue,
                config::TimePoint now);

  const Policy& terms() const override { return policy_; }
  Turn choose(const Situation& situation) override;
  std::optional<Ask> hedge(const Situation& situation) override;
  void dispatched(EndpointIndex, config::TimePoint) override {}
  void first_token(Attempt& attempt, const Demand& demand, config::TimePoint now) override;
  void ended(const Attempt& attempt, const Demand& demand, config::TimePoint now) override;
  void adopt(std::shared_ptr<const Catalogue> catalogue, config::TimePoint now) override;

  // A restart of the process that decides: what it knows, taken up by the next one.
  MarketMemory memory(config::TimePoint now) { return market_.memory(now); }
  void recall(const MarketMemory& memory, config::Duration age, config::TimePoint now) {
    market_.recall(memory, age, now);
  }

  // Where several gateways tell each other what they measure: its market, and that there is news in it.
  Market& market() { return market_; }
  void hears_of_others() { learned_ = true; }
  // Requests of others at an endpoint, as the last decision saw them.
  double others_at(EndpointIndex endpoint) const { return snapshot_->endpoints[endpoint].engine.others; }

  const Decision& last_decision() const { return decision_; }

 private:
  bool lacks(CorePart part) const { return without_.test(static_cast<std::size_t>(part)); }
  const Snapshot& snapshot(config::TimePoint now);
  void decide(const Situation& situation);
  config::Duration silence_of_chosen(const Situation& situation) const;
  // What money counts now, where the policy has a budget: days begin with the simulation.
  double money(config::TimePoint now);
  Attempt shown(const Attempt& attempt) const;
  const Demand& shown(const Demand& demand);

  Policy policy_;
  CoreParts without_;
  Market market_;
  InFlight idle_;  // what is shown where the own load counts for nothing
  Purse purse_;
  HedgeBudget hedges_;
  std::shared_ptr<const Snapshot> snapshot_;
  bool learned_ = false;
  const config::TimePoint began_;
  std::int64_t day_ = 0;  // since then
  double spent_ = 0;      // of it, dollars
  Decision decision_;
  Demand demand_;  // as shown where something of it is hidden
};

}  // namespace routing
