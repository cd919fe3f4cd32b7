#include "routing/market/health.hpp"

#include <algorithm>

namespace routing {
namespace {

using namespace std::chrono_literals;

constexpr config::Duration longest_cooling = 60s;
constexpr config::Duration first_cooling = 250ms;
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
    case FailureKind::outrun:
    case FailureKind::deadline:
    case FailureKind::local:
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

void Health::clock_moved(config::Duration by) {
  failures.counted += by;
  refusals.counted += by;
  cooling_until += by;
  headroom_known += by;
  Breaker::Memory memory = breaker.memory();
  memory.since += by;
  memory.left_alone += by;
  memory.until += by;
  breaker = Breaker::from(memory);
}

Health::Change Health::cool(const Failure& failure, config::TimePoint now) {
  std::optional<config::Duration> pause = failure.retry_after;
  // Who limits its rate and does not say for how long is left alone for longer each time.
  if (!pause && failure.kind == FailureKind::rate_limited) {
    pause = first_cooling * (1 << std::clamp(refusals_in_a_row - 1, 0, 5));
  }
  if (!pause || *pause <= 0s) return Change::gradual;
  const config::TimePoint until = now + std::min(*pause, longest_cooling);
  if (until <= cooling_until) return Change::gradual;
  cooling_until = until;
  return Change::flipped;
}

Health::Change Health::answers(config::TimePoint dispatched, double refused, config::TimePoint now) {
  const Breaker::Effect effect = breaker.succeeded(dispatched);
  if (effect == Breaker::Effect::recovering) {  // what was counted before it opened is over
    failures = {};
    failures_in_a_row = 0;
  }
  failures.count(failure_prior, 0, now);
  refusals.count(refusal_prior, refused, now);
  return effect == Breaker::Effect::none ? Change::gradual : Change::flipped;
}

Health::Change Health::begins(config::TimePoint dispatched, config::TimePoint now) {
  refusals_in_a_row = 0;
  return answers(dispatched, 0, now);
}

Health::Change Health::observe(const Attempt& attempt, Fault fault, double draw, config::TimePoint now,
                               double by_load, Seen seen) {
  if (attempt.headroom && now >= headroom_known) {
    headroom = std::clamp(*attempt.headroom, 0.0, 1.0);
    headroom_known = now;
  }
  // Nobody knows how an attempt would have ended that the client or the deadline cut short.
  const bool answered = !attempt.failure || attempt.first_delta ||
                        attempt.failure->kind == FailureKind::rejected ||
                        attempt.failure->kind == FailureKind::too_long;
  if (fault == Fault::none && !answered) return Change::gradual;

  if (fault != Fault::none && !attempt.first_delta && attempt.finished) {
    constexpr double gain = 0.2;
    failing_takes +=
        gain * (std::clamp(config::Seconds(*attempt.finished).count(), 0.0, 600.0) - failing_takes);
  }
  const bool has_begun = attempt.told == Told::beginning;
  if (fault == Fault::none || fault == Fault::load) {
    Change change = Change::gradual;
    if (!has_begun) change = answers(attempt.dispatched, fault == Fault::load ? 1 - by_load : 0, now);
    // A stream from before the failures says nothing of what is asked now.
    if (attempt.dispatched >= breaker.failing_since()) failures_in_a_row = 0;
    if (fault == Fault::none || seen == Seen::here)
      refusals_in_a_row = fault == Fault::load ? refusals_in_a_row + 1 : 0;
    const bool cools = attempt.failure && (seen == Seen::here || attempt.failure->retry_after);
    const Change cooled = cools ? cool(*attempt.failure, now) : Change::gradual;
    return change == Change::flipped ? change : cooled;
  }
  if (fault == Fault::configuration) {
    breaker.fault(now);
    return Change::flipped;
  }
  if (has_begun) {
    failures.turn(failure_prior, now);
  } else {
    failures.count(failure_prior, 1, now);
  }
  if (failures_in_a_row++ == 0) breaker.begins_to_fail(now);
  const bool many = failures.mean(failure_prior, now) > 0.5 &&
                    failures.effective_events(failure_prior, now) >= failures_to_trip;
  const bool failing = failures_in_a_row >= row_to_trip || many;
  const bool trips =
      breaker.phase(now) == Breaker::Phase::closed ? failing : breaker.fails_again(attempt.dispatched, now);
  if (trips) {
    breaker.trip(now, draw, config::Seconds(failing_takes));
    return Change::flipped;
  }
  return seen == Seen::here ? cool(*attempt.failure, now) : Change::gradual;
}

}  // namespace routing
