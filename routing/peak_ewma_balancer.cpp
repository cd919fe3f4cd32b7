#include "routing/peak_ewma_balancer.hpp"

#include <algorithm>
#include <cmath>

namespace routing {

void PeakEwmaBalancer::observe(Estimate& estimate, double seconds, config::TimePoint now) const {
  if (seconds > estimate.seconds) {
    estimate.seconds = seconds;
  } else {
    const double age = std::max(0.0, config::Seconds(now - estimate.updated).count());
    const double keep = std::exp(-age / settings_.decay.count());
    estimate.seconds = estimate.seconds * keep + seconds * (1 - keep);
  }
  estimate.updated = now;
}

// Asking for the load lets the estimate fall towards zero, as in the original.
double PeakEwmaBalancer::load(Estimate& estimate, config::TimePoint now) const {
  observe(estimate, 0, now);
  return estimate.seconds * (estimate.pending + 1);
}

EndpointIndex PeakEwmaBalancer::pick(std::span<const EndpointIndex> eligible, const Situation& situation,
                                     const Catalogue&, Dice dice) {
  const auto of = [&](EndpointIndex i) { return load(known_[i], situation.now); };
  if (settings_.scan == PeakEwmaSettings::Scan::all) return *std::ranges::min_element(eligible, {}, of);
  if (eligible.size() == 1) return eligible.front();
  const std::size_t a = dice.below(eligible.size());
  std::size_t b = dice.below(eligible.size() - 1);
  if (b >= a) ++b;
  return of(eligible[a]) <= of(eligible[b]) ? eligible[a] : eligible[b];
}

void PeakEwmaBalancer::first_token(EndpointIndex endpoint, config::Duration waited, config::TimePoint now) {
  --known_[endpoint].pending;
  observe(known_[endpoint], config::Seconds(waited).count(), now);
}

void PeakEwmaBalancer::ended(const Attempt& attempt, const Demand&, config::TimePoint now) {
  if (attempt.first_delta) return;
  Estimate& estimate = known_[attempt.endpoint];
  --estimate.pending;
  if (settings_.failures == PeakEwmaSettings::Failures::left_out) return;
  observe(estimate, config::Seconds(attempt.finished.value_or(now - attempt.dispatched)).count(), now);
}

}  // namespace routing
