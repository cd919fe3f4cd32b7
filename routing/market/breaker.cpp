#include "routing/market/breaker.hpp"

#include <algorithm>

namespace routing {
namespace {

using namespace std::chrono_literals;

constexpr config::Duration first_pause = 5s;
constexpr config::Duration longest_pause = 60s;
constexpr config::Duration configuration_pause = 5min;
constexpr config::Duration ramp_length = 30s;
constexpr config::Duration another_trial_after = 10s;

}  // namespace

Breaker Breaker::from(const Memory& memory) {
  Breaker breaker;
  breaker.cause_ = static_cast<Cause>(std::clamp(memory.cause, 0, static_cast<std::int32_t>(Cause::ramp)));
  breaker.trips_ = memory.trips;
  breaker.until_ = memory.until;
  breaker.ramp_from_ = memory.ramp_from;
  return breaker;
}

Breaker::Phase Breaker::phase(config::TimePoint now) const {
  switch (cause_) {
    case Cause::none:
      return Phase::closed;
    case Cause::ramp:
      return now - ramp_from_ < ramp_length ? Phase::ramping : Phase::closed;
    case Cause::failures:
    case Cause::configuration:
      break;
  }
  return now < until_ ? Phase::open : Phase::half_open;
}

int Breaker::trials(config::TimePoint now) const {
  return now < until_ ? 0 : 1 + static_cast<int>((now - until_) / another_trial_after);
}

double Breaker::ramp(config::TimePoint now) const {
  const double passed = config::Seconds(now - ramp_from_) / config::Seconds(ramp_length);
  return std::clamp(0.1 + 0.9 * passed, 0.1, 1.0);
}

config::Seconds Breaker::ramp_left(config::TimePoint now) const {
  return std::max(config::Duration::zero(), ramp_from_ + ramp_length - now);
}

void Breaker::trip(config::TimePoint now, double draw) {
  // A host that fails again before it is fully back waits longer than the last time.
  if (phase(now) == Phase::closed) trips_ = 0;
  const config::Duration pause = std::min(longest_pause, first_pause * (1 << std::min(trips_, 4)));
  until_ = now + std::chrono::duration_cast<config::Duration>(pause * (0.8 + 0.4 * draw));
  trips_ += 1;
  cause_ = Cause::failures;
}

void Breaker::fault(config::TimePoint now) {
  until_ = now + configuration_pause;
  cause_ = Cause::configuration;
}

void Breaker::forgive_configuration() {
  if (cause_ == Cause::configuration) cause_ = Cause::none;
}

bool Breaker::was_trial(config::TimePoint dispatched, config::TimePoint now) const {
  return phase(now) == Phase::half_open && dispatched >= until_;
}

Breaker::Effect Breaker::succeeded(config::TimePoint dispatched, config::TimePoint now) {
  if (!was_trial(dispatched, now)) return Effect::none;
  cause_ = Cause::ramp;
  ramp_from_ = now;
  return Effect::recovering;
}

}  // namespace routing
