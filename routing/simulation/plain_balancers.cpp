#include "routing/simulation/plain_balancers.hpp"

#include <algorithm>
#include <numeric>

namespace routing {

double list_price(const Endpoint& endpoint, const Demand& demand, double output) {
  return endpoint.dollars_per_input * static_cast<double>(demand.prompt.count) +
         endpoint.dollars_per_output * output + endpoint.dollars_per_request;
}

void MeanOutput::observe(const Attempt& attempt) {
  if (attempt.failure || !attempt.usage) return;
  seen_ += 1;
  tokens_ += std::max(0.02, 1 / seen_) * (static_cast<double>(attempt.usage->output.count) - tokens_);
}

EndpointIndex PlainBalancer::pick(std::span<const EndpointIndex> eligible, const Situation& situation,
                                  const Catalogue& catalogue, Dice dice) {
  const auto price = [&](EndpointIndex i) {
    return list_price(catalogue.endpoints()[i], situation.demand, output_.tokens());
  };
  switch (way_) {
    case Way::random:
      return eligible[dice.below(eligible.size())];
    case Way::round_robin:
      return eligible[turn_++ % eligible.size()];
    case Way::cheapest:
      return *std::ranges::min_element(eligible, {}, price);
    case Way::inverse_square:
      break;
  }
  std::vector<double> weights;
  for (const EndpointIndex i : eligible) {
    const double dollars = price(i);
    weights.push_back(1 / std::max(dollars * dollars, 1e-24));
  }
  return eligible[drawn_by_weight(weights, dice)];
}

std::size_t drawn_by_weight(std::span<const double> weights, Dice dice) {
  double left = dice.roll() * std::accumulate(weights.begin(), weights.end(), 0.0);
  for (std::size_t i = 0; i < weights.size(); ++i) {
    left -= weights[i];
    if (left < 0) return i;
  }
  return 0;
}

}  // namespace routing
