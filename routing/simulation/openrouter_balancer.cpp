#include "routing/simulation/openrouter_balancer.hpp"

#include <algorithm>
#include <cmath>

namespace routing {
namespace {

constexpr config::Seconds forgetting{600};
constexpr double dollars_per_second = 100e-6;  // 100 $ per (token/s) and million tokens
constexpr double per_error = 8;
constexpr double falloff = 1.4;
constexpr double edge = 0.30;
constexpr double edge_width = 0.065;
constexpr double exploring = 0.08;
constexpr double enough_answers = 3;  // below that it counts as a typical peer

}  // namespace

void OpenRouterBalancer::forget(Recent& sums, config::TimePoint now) const {
  if (now <= sums.at) return;
  const double keep = std::exp(-(config::Seconds(now - sums.at) / forgetting));
  sums.at = now;
  for (double* sum : {&sums.answers, &sums.attempts, &sums.errors, &sums.seconds, &sums.tokens, &sums.charged,
                      &sums.listed}) {
    *sum *= keep;
  }
}

double OpenRouterBalancer::rate(const Recent& sums) const {
  return sums.answers < enough_answers || sums.seconds <= 0 ? typical_rate_ : sums.tokens / sums.seconds;
}

EndpointIndex OpenRouterBalancer::pick(std::span<const EndpointIndex> eligible, const Situation& situation,
                                       const Catalogue& catalogue, Dice dice) {
  prices_.clear();
  for (const Endpoint& endpoint : catalogue.endpoints()) {
    prices_.push_back(
        {endpoint.dollars_per_input, endpoint.dollars_per_output, endpoint.dollars_per_request});
  }
  if (dice.roll() < exploring) return eligible[dice.below(eligible.size())];
  std::vector<double> rates;
  for (Recent& sums : known_) {
    forget(sums, situation.now);
    if (sums.answers >= enough_answers) rates.push_back(sums.tokens / sums.seconds);
  }
  if (!rates.empty()) {
    const auto middle = rates.begin() + static_cast<std::ptrdiff_t>(rates.size() / 2);
    std::ranges::nth_element(rates, middle);
    typical_rate_ = *middle;
  }
  costs_.clear();
  for (const EndpointIndex i : eligible) {
    const Recent& sums = known_[i];
    // What is charged over what the list says: caches and the mix of tokens.
    const double discount =
        sums.answers < enough_answers || sums.listed <= 0 ? 1 : sums.charged / sums.listed;
    const double errors = sums.attempts < enough_answers ? 0 : sums.errors / sums.attempts;
    const double price = list_price(catalogue.endpoints()[i], situation.demand, output_.tokens()) * discount;
    costs_.push_back(price * (1 + per_error * errors) +
                     dollars_per_second * output_.tokens() / std::max(0.1, rate(sums)));
  }
  const double best = *std::ranges::min_element(costs_);
  weights_.clear();
  for (const double cost : costs_) {
    const double gap = cost / best - 1;
    weights_.push_back(std::exp(-falloff * gap) / (1 + std::exp(-(edge - gap) / edge_width)));
  }
  return eligible[drawn_by_weight(weights_, dice)];
}

void OpenRouterBalancer::ended(const Attempt& attempt, const Demand&, config::TimePoint now) {
  const auto is = [&](FailureKind kind) { return attempt.failure && attempt.failure->kind == kind; };
  if (is(FailureKind::client_left) || is(FailureKind::outrun)) return;
  Recent& sums = known_[attempt.endpoint];
  forget(sums, now);
  sums.attempts += 1;
  if (attempt.failure) {
    sums.errors += 1;
    return;
  }
  output_.observe(attempt);
  if (!attempt.usage || !attempt.finished) return;
  sums.answers += 1;
  sums.tokens += static_cast<double>(attempt.usage->output.count);
  sums.seconds += config::Seconds(*attempt.finished).count();
  sums.charged += attempt.cost.dollars();
  const ListPrice& price = prices_[attempt.endpoint];
  sums.listed += price.input * static_cast<double>(attempt.usage->prompt.count) +
                 price.output * static_cast<double>(attempt.usage->output.count) + price.request;
}

}  // namespace routing
