#include "routing/market/breaker.hpp"

#include <algorithm>

namespace routing {
namespace {

using namespace std::chrono_literals;

constexpr config::Duration first_pause = 1s;
// With the jitter on top of it, 10 s.
constexpr config::Duration longest_pause = 8333ms;
// Beyond the first pause, as many times what it takes to fail there. A host that comes and goes every ten
// seconds was left alone for most of the time in which it answered.
constexpr double pause_per_failing = 5;
// And a share of the time that it has been away: who is away for long is not asked every second for good.
constexpr double pause_per_absence = 0.1;
// After a fault of configuration, three times as long each time. A host may say once by mistake that it does
// not know our key; one that means it is asked every five minutes in the end.
constexpr config::Duration first_configuration_pause = 10s, longest_configuration_pause = 5min;
constexpr config::Duration another_trial_after = 10s;
// Answers that end a ramp; the trial is the first of them.
constexpr std::int32_t successes_to_close = 5;

}  // namespace

Breaker Breaker::from(const Memory& memory) {
  Breaker breaker;
  breaker.cause_ = static_cast<Cause>(std::clamp(memory.cause, 0, static_cast<std::int32_t>(Cause::ramp)));
  breaker.trips_ = memory.trips;
  breaker.successes_ = memory.successes;
  breaker.since_ = memory.since;
  breaker.left_alone_ = memory.left_alone;
  breaker.until_ = memory.until;
  return breaker;
}

Breaker::Phase Breaker::phase(config::TimePoint now) const {
  switch (cause_) {
    case Cause::none:
      return Phase::closed;
    case Cause::ramp:
      return Phase::ramping;
    case Cause::failures:
    case Cause::configuration:
      break;
  }
  return now < until_ ? Phase::open : Phase::half_open;
}

int Breaker::trials(config::TimePoint now) const {
  return now < until_ ? 0 : 1 + static_cast<int>((now - until_) / another_trial_after);
}

double Breaker::ramp() const {
  return std::min(1.0, 0.1 * static_cast<double>(1 << std::clamp(successes_, 0, 4)));
}

void Breaker::begins_to_fail(config::TimePoint at) {
  if (cause_ == Cause::none || cause_ == Cause::ramp) since_ = at;
}

void Breaker::trip(config::TimePoint now, double draw, config::Seconds takes) {
  // As long as it has failed; a host that fails again before it is fully back waits longer than the last
  // time.
  const config::Duration least = first_pause * (1 << std::min(trips_, 3));
  const config::Duration dear = std::chrono::duration_cast<config::Duration>(
      takes * pause_per_failing + config::Seconds(now - since_) * pause_per_absence);
  const config::Duration most = std::min(longest_pause, first_pause + dear);
  const config::Duration pause = std::clamp(now - since_, std::min(least, most), most);
  until_ = now + std::chrono::duration_cast<config::Duration>(pause * (0.8 + 0.4 * draw));
  left_alone_ = now;
  trips_ += 1;
  cause_ = Cause::failures;
}

void Breaker::fault(config::TimePoint now) {
  const bool is_new = cause_ != Cause::configuration;
  left_alone_ = now;
  // Of those that were under way together one counts.
  if (!is_new && now < until_) return;
  if (is_new) trips_ = 0;
  config::Duration pause = first_configuration_pause;
  for (int i = 0; i < trips_ && pause < longest_configuration_pause; ++i) pause *= 3;
  until_ = now + std::min(pause, longest_configuration_pause);
  trips_ += 1;
  cause_ = Cause::configuration;
}

void Breaker::forgive_configuration() {
  if (cause_ != Cause::configuration) return;
  cause_ = Cause::none;
  trips_ = 0;
}

bool Breaker::fails_again(config::TimePoint dispatched, config::TimePoint now) const {
  const bool on_trial = phase(now) == Phase::half_open || cause_ == Cause::ramp;
  return on_trial && dispatched > left_alone_;
}

Breaker::Effect Breaker::succeeded(config::TimePoint dispatched) {
  if (cause_ == Cause::none || dispatched <= left_alone_) return Effect::none;
  const bool ramping = cause_ == Cause::ramp;
  successes_ = ramping ? successes_ + 1 : 1;
  cause_ = Cause::ramp;
  if (successes_ < successes_to_close) return ramping ? Effect::ramping : Effect::recovering;
  cause_ = Cause::none;
  trips_ = 0;
  return Effect::recovered;
}

}  // namespace routing
