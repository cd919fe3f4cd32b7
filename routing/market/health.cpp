#include "routing/market/health.hpp"

#include <algorithm>

namespace routing {
namespace {

using namespace std::chrono_literals;

constexpr config::Duration longest_cooling = 60s;
constexpr config::Duration headroom_lasts = 60s;
// Three failures within about ten seconds, the forgetting of the first ones allowed for.
constexpr double failures_to_trip = 2.85;
// At a busy host ninety seconds of good replies outvote a minute of failures; a row of them speaks for
// itself.
constexpr int row_to_trip = 5;

}  // namespace

Fault fault_of(FailureKind kind) {
  switch (kind) {
    case FailureKind::rejected:
    case FailureKind::too_long:
    case FailureKind::client_left:
    case FailureKind::deadline:
      return Fault::none;
    case FailureKind::rate_limited:
      return Fault::load;
    case FailureKind::credential:
    case FailureKind::missing_model:
      return Fault::configuration;
    default:
      return Fault::host;
  }
}

double Health::failure(config::TimePoint now) const {
  return 1 - (1 - failures.mean(failure_prior, now)) * (1 - refusals.mean(refusal_prior, now));
}

double Health::headroom_at(config::TimePoint now) const {
  return now - headroom_known < headroom_lasts ? headroom : unknown;
}

Health::Change Health::cool(const Failure& failure, config::TimePoint now) {
  if (!failure.retry_after || *failure.retry_after <= 0s) return Change::gradual;
  const config::TimePoint until = now + std::min(*failure.retry_after, longest_cooling);
  if (until <= cooling_until) return Change::gradual;
  cooling_until = until;
  return Change::flipped;
}

Health::Change Health::observe(const Attempt& attempt, Fault fault, double draw, config::TimePoint now) {
  if (attempt.headroom) {
    headroom = std::clamp(*attempt.headroom, 0.0, 1.0);
    headroom_known = now;
  }
  // Nobody knows how an attempt would have ended that the client or the deadline cut short.
  const bool answered = !attempt.failure || attempt.first_delta ||
                        attempt.failure->kind == FailureKind::rejected ||
                        attempt.failure->kind == FailureKind::too_long;
  if (fault == Fault::none && !answered) return Change::gradual;

  const Breaker::Phase before = breaker.phase(now);
  if (fault == Fault::none || fault == Fault::load) {
    const bool recovering = breaker.succeeded(attempt.dispatched, now) == Breaker::Effect::recovering;
    if (recovering) failures = {};  // what was counted before it opened is over
    failures.count(failure_prior, 0, now);
    failures_in_a_row = 0;
    refusals.count(refusal_prior, fault == Fault::load ? 1 : 0, now);
    const Change cooled = attempt.failure ? cool(*attempt.failure, now) : Change::gradual;
    return recovering ? Change::flipped : cooled;
  }
  if (fault == Fault::configuration) {
    breaker.fault(now);
    return Change::flipped;
  }
  failures.count(failure_prior, 1, now);
  const bool many = failures.mean(failure_prior, now) > 0.5 &&
                    failures.effective_events(failure_prior, now) >= failures_to_trip;
  const bool failing = ++failures_in_a_row >= row_to_trip || many;
  const bool trial_failed = breaker.was_trial(attempt.dispatched, now);
  if (trial_failed || (failing && (before == Breaker::Phase::closed || before == Breaker::Phase::ramping))) {
    breaker.trip(now, draw);
    return Change::flipped;
  }
  return cool(*attempt.failure, now);
}

}  // namespace routing
