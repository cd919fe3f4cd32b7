// What is believed of one host's speed: time to first token and tokens per second, for any prompt and any
// load of ours, each with its uncertainty. A value, no thread rule.
//   first delta = (A + B·u/1000) · exp(level + slope·running/10) + turns · service     u: uncached tokens
//   throughput  = 60 tok/s       · exp(level + slope·running/10)
// `running` and `turns` follow from the requests in flight and from how many the host runs at once, which is
// learned, too (threshold.hpp): where it runs all of them, nobody waits, and both grow smoothly with the
// load.
#pragma once

#include "config/values/units.hpp"
#include "routing/market/drift.hpp"
#include "routing/market/prompt_time.hpp"
#include "routing/windows/threshold.hpp"

namespace routing {

// What was asked for, as far as it decides how long the answer takes.
struct Load {
  double uncached_kilotokens = 0;
  double in_flight = 0;  // at the endpoint at dispatch, the request itself not counted
};

// What a host without evidence is believed to be, and what a silent one reverts to.
struct SpeedPrior {
  double base = PromptTime{}.base;
  double per_kilotoken = PromptTime{}.per_kilotoken;
  double ttft_level = 0;
  double throughput_level = 0;
  Threshold slots = unseen_slots;
};

// What an ordinary request at a host is, for how long the others there will take.
struct Ordinary {
  double output = 400;  // tokens
  double kilotokens = 1;
  double requests = 0;

  void observe(double tokens, double uncached_kilotokens);
};

// What one request is expected to meet. Times in seconds.
struct Forecast {
  double running = 0;         // others beside it
  double base = 0;            // until the first delta from when it has its slot, median
  double wait = 0;            // until it has its slot, mean
  double rate = 0;            // tokens per second, median
  double level_variance = 0;  // of ln(first delta): how little is known of the host
  double noise = 0;           // of ln(first delta): this request's own

  double first_delta() const { return base + wait; }
  double share() const { return base / (base + wait); }  // of the first delta that is no wait
};

struct Speed {
  PromptTime prompt;
  Drift ttft = Drift::unseen(ttft_drift, 0);
  Drift throughput = Drift::unseen(throughput_drift, 0);
  Threshold slots = unseen_slots;
  Ordinary ordinary;

  static Speed unseen(const SpeedPrior& prior);
  void pass(const SpeedPrior& prior, config::Seconds elapsed);

  Forecast forecast(const Load& load) const;
  double first_delta(const Load& load) const { return forecast(load).first_delta(); }
  double rate(const Load& load) const { return forecast(load).rate; }
  // Standard deviation of ln(time to the first delta) of one request, its own noise included.
  double first_delta_log_sd(const Load& load) const;
  // The variance of that without the request's own noise: how little is known.
  double first_delta_log_variance(const Load& load) const { return forecast(load).level_variance; }
  double first_delta_p95(const Load& load) const;

  void observe_first_delta(const Load& load, config::Seconds measured);
  // Nothing came for `waited`: the true time is longer. Only meaningful where `waited` is long.
  void observe_waiting(const Load& load, config::Seconds waited);
  void observe_stream(const Load& load, double tokens, config::Seconds streaming);
  // A reply that came whole shows only the sum of both.
  void observe_whole(const Load& load, double tokens, config::Seconds total);
  // The host itself says how many it runs and how many wait behind them.
  void hear(double running, double waiting);
  // Or how many it runs at once.
  void hear_slots(double said);

  static constexpr double usual_rate = 60;
  static constexpr double ttft_noise = 0.35 * 0.35;
  static double rate_noise(double tokens) { return 0.04 + 0.5 / tokens; }

  // Of what `hear` learns: how far it may be off.
  static constexpr double least_likely = 0.003;

 private:
  enum class Heard { it, nothing_yet };
  void judge_slots(const Load& load, double seconds, double after, Heard heard);
  void doubt_slots(const Load& load, double innovation, double variance);
};

}  // namespace routing
