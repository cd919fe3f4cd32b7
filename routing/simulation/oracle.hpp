// The myopic oracle: it knows every host's true state, its queue and its mood, and sends each request where
// it costs least now. It knows neither the luck of a request nor how long its answer will be, and does not
// look ahead, so that a clever router may even beat it when hosts are full. The yardstick of regret.
// Belongs to one simulation.
#pragma once

#include "routing/simulation/contender.hpp"
#include "routing/simulation/plain_balancers.hpp"
#include "routing/simulation/simulated_market.hpp"

namespace routing {

class Oracle final : public Contender {
 public:
  // `market` must outlive this. `values` is what a second is worth.
  Oracle(SimulatedMarket& market, const Policy& values) : market_(market), values_(values) {}

  const Policy& terms() const override { return values_; }
  Turn choose(const Situation& situation) override;
  std::optional<Ask> hedge(const Situation&) override { return std::nullopt; }
  void dispatched(EndpointIndex, config::TimePoint) override {}
  void first_token(Attempt&, const Demand&, config::TimePoint) override {}
  void ended(const Attempt& attempt, const Demand&, config::TimePoint) override { output_.observe(attempt); }
  void adopt(std::shared_ptr<const Catalogue>, config::TimePoint) override {}

 private:
  SimulatedMarket& market_;
  Policy values_;
  MeanOutput output_;
};

}  // namespace routing
