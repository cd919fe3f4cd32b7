#include "routing/simulation/peak_ewma_balancer.hpp"

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

void PeakEwmaBalancer::count(Estimate& estimate, double failed, config::TimePoint now) const {
  constexpr config::Seconds window{60};
  const double keep = std::exp(-(config::Seconds(now - estimate.counted) / window));
  estimate.requests = estimate.requests * keep + (failed < 0 ? 0 : 1);
  estimate.failures = estimate.failures * keep + std::max(0.0, failed);
  estimate.counted = now;
}

bool PeakEwmaBalancer::is_healthy(const Estimate& estimate) const {
  return settings_.failures == PeakEwmaSettings::Failures::counted || estimate.requests < 20 ||
         estimate.failures < 0.1 * estimate.requests;
}

// Asking for the load lets the estimate fall towards zero, as in the original.
double PeakEwmaBalancer::load(Estimate& estimate, config::TimePoint now) const {
  observe(estimate, 0, now);
  return estimate.seconds * (estimate.pending + 1);
}

EndpointIndex PeakEwmaBalancer::pick(std::span<const EndpointIndex> eligible, const Situation& situation,
                                     const Catalogue&, Dice dice) {
  const auto of = [&](EndpointIndex i) { return load(known_[i], situation.now); };
  if (settings_.scan == PeakEwmaSettings::Scan::all) {
    healthy_.clear();
    for (const EndpointIndex i : eligible) {
      count(known_[i], -1, situation.now);
      if (is_healthy(known_[i])) healthy_.push_back(i);
    }
    if (!healthy_.empty()) return *std::ranges::min_element(healthy_, {}, of);
    return *std::ranges::min_element(eligible, {}, of);
  }
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
  Estimate& estimate = known_[attempt.endpoint];
  count(estimate, attempt.failure ? 1 : 0, now);
  if (attempt.first_delta) return;
  --estimate.pending;
  if (settings_.failures == PeakEwmaSettings::Failures::left_out) return;
  observe(estimate, config::Seconds(attempt.finished.value_or(now - attempt.dispatched)).count(), now);
}

}  // namespace routing
