// What is believed of one host's speed: time to first token and tokens per second, for any prompt and any
// load of ours, each with its uncertainty. A value, no thread rule.
//   first delta = (A + B·u/1000) · exp(level + slope·in_flight/10)      u: uncached prompt tokens
//   throughput  = 60 tok/s       · exp(level + slope·in_flight/10)
#pragma once

#include "config/values/units.hpp"
#include "routing/market/drift.hpp"
#include "routing/market/prompt_time.hpp"

namespace routing {

// What was asked for, as far as it decides how long the answer takes.
struct Load {
  double uncached_kilotokens = 0;
  double in_flight = 0;  // at the endpoint at dispatch, the request itself not counted

  double tens() const { return in_flight / 10; }
};

// What a host without evidence is believed to be, and what a silent one reverts to.
struct SpeedPrior {
  double base = PromptTime{}.base;
  double per_kilotoken = PromptTime{}.per_kilotoken;
  double ttft_level = 0;
  double throughput_level = 0;
};

struct Speed {
  PromptTime prompt;
  Drift ttft = Drift::unseen(ttft_drift, 0);
  Drift throughput = Drift::unseen(throughput_drift, 0);

  static Speed unseen(const SpeedPrior& prior);
  void pass(const SpeedPrior& prior, config::Seconds elapsed);

  double first_delta(const Load& load) const;  // seconds, median
  double rate(const Load& load) const;         // tokens per second, median
  // Standard deviation of ln(time to the first delta) of one request, its own noise included.
  double first_delta_log_sd(const Load& load) const;
  // The variance of that without the request's own noise: how little is known.
  double first_delta_log_variance(const Load& load) const;
  double first_delta_p95(const Load& load) const;

  void observe_first_delta(const Load& load, config::Seconds measured);
  // Nothing came for `waited`: the true time is longer. Only meaningful where `waited` is long.
  void observe_waiting(const Load& load, config::Seconds waited);
  void observe_stream(const Load& load, double tokens, config::Seconds streaming);
  // A reply that came whole shows only the sum of both.
  void observe_whole(const Load& load, double tokens, config::Seconds total);

  static constexpr double usual_rate = 60;
  static constexpr double ttft_noise = 0.35 * 0.35;
  static double rate_noise(double tokens) { return 0.04 + 0.5 / tokens; }
};

}  // namespace routing
