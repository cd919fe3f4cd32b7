// Ways of choosing that know nothing of speed: random, round robin, the cheapest, and OpenRouter's default
// until August 2026, a draw with weights 1/price² (OpenRouter, "Provider routing: price-based load
// balancing"). "Cheapest" is LiteLLM's cost-based-routing, which takes the lowest price outright.
#pragma once

#include "routing/simulation/balancer.hpp"

namespace routing {

// Dollars of this request at list prices, an answer of `output` tokens assumed.
double list_price(const Endpoint& endpoint, const Demand& demand, double output);

// The mean length of answers, as any router could keep it.
class MeanOutput {
 public:
  void observe(const Attempt& attempt);
  double tokens() const { return tokens_; }

 private:
  double tokens_ = 400;
  double seen_ = 0;
};

class PlainBalancer final : public Balancer {
 public:
  enum class Way { random, round_robin, cheapest, inverse_square };

  explicit PlainBalancer(Way way) : way_(way) {}

  EndpointIndex pick(std::span<const EndpointIndex> eligible, const Situation& situation,
                     const Catalogue& catalogue, Dice dice) override;
  void dispatched(EndpointIndex, config::TimePoint) override {}
  void first_token(EndpointIndex, config::Duration, config::TimePoint) override {}
  void ended(const Attempt& attempt, const Demand&, config::TimePoint) override { output_.observe(attempt); }

 private:
  Way way_;
  MeanOutput output_;
  std::size_t turn_ = 0;
};

// A draw by weights that are not negative; the first where all are zero.
std::size_t drawn_by_weight(std::span<const double> weights, Dice dice);

}  // namespace routing
