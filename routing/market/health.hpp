// Whether a host answers at all: how often attempts fail, its circuit breaker, how long it asked to be left
// alone, how much of its rate limit is left. A value; the market writes it, decisions read it.
#pragma once

#include "routing/market/breaker.hpp"
#include "routing/terms/outcome.hpp"
#include "routing/terms/prediction.hpp"
#include "routing/windows/tally.hpp"

namespace routing {

// What a failure says about the host.
enum class Fault { none, load, host, configuration };
Fault fault_of(FailureKind kind);

struct Health {
  Tally failures;  // of the host's own making
  Tally refusals;  // 429: a cost, not a wall
  int failures_in_a_row = 0;
  int refusals_in_a_row = 0;
  double failing_takes = 1.5;  // seconds until an attempt that fails has failed, on average
  Breaker breaker;
  config::TimePoint cooling_until{};  // at the host's own request
  double headroom = unknown;
  config::TimePoint headroom_known{};

  // Probability that an attempt fails in any way.
  double failure(config::TimePoint now) const;
  // The last known share of the rate limit left; unknown again after a minute, when most limits refill.
  double headroom_at(config::TimePoint now) const;
  // Whether it was a 429 that last asked for a pause: a failure counts in the row, which a 429 ends.
  bool limits_rate() const { return refusals.events > 0 && failures_in_a_row == 0; }

  // Whether a decision before the next regular snapshot should know.
  enum class Change { gradual, flipped };
  // The first content of an answer came, of an attempt that began at `dispatched`.
  Change begins(config::TimePoint dispatched, config::TimePoint now);
  // How an attempt ended; its beginning counts here where it was not told before. `by_load`: how likely a
  // refusal came of the load that was there, which says nothing of another one. Seen at another gateway, a
  // refusal makes a pause only as long as the host asked for: how often it refused somebody else is not ours.
  enum class Seen { here, elsewhere };
  Change observe(const Attempt& attempt, Fault fault, double draw, config::TimePoint now, double by_load = 0,
                 Seen seen = Seen::here);

  // The clock that all of this was noted by now shows so much more.
  void clock_moved(config::Duration by);

  static constexpr TallySettings failure_prior{.prior_mean = 0.03, .prior_weight = 3};
  static constexpr TallySettings refusal_prior{.prior_mean = 0, .prior_weight = 3};

 private:
  Change answers(config::TimePoint dispatched, double refused, config::TimePoint now);
  Change cool(const Failure& failure, config::TimePoint now);
};

}  // namespace routing
