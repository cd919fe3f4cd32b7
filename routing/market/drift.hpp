// How fast a host is right now, how fast it usually is, and how that changes with our own load there: a
// Kalman filter on the logarithm of a ratio. The level reverts within minutes to the host's own usual one,
// which reverts to its peers' within days. Values in natural logarithms; load in tens of requests in flight.
// Pure values, no thread rule.
// Source: Kalman 1960; the reversion makes the level an Ornstein-Uhlenbeck process, so that silence widens
// the variance by itself and a host nobody asked for long is asked again.
#pragma once

#include "config/values/units.hpp"

namespace routing {

struct DriftSettings {
  double level_variance = 0.30;
  // Of one host among its peers, before anything is known of it. Only its first sample is judged by this:
  // with the variance above, a host fifty times slower than its peers would take a hundred replies to look
  // so.
  double between_hosts = 1.5;
  double slope = 0.10;
  double slope_variance = 0.09;
  double slope_least = 0;
  double slope_most = 3;
  config::Seconds level_reversion{600};
  config::Seconds slope_reversion{3600};
  // Of what is usual at one host among its peers. 0: nothing is, beside what others than the filter know.
  double usual_variance = 0;
  config::Seconds usual_reversion{0};
};
inline constexpr DriftSettings ttft_drift{};
// Without a usual level of its own, a host's speed was forgotten in ten minutes of silence: with one request
// in 20 s to 60 hosts that cost 12 % of all.
inline constexpr DriftSettings throughput_drift{.level_variance = 0.09,
                                                .between_hosts = 0.5,
                                                .slope = -0.05,
                                                .slope_variance = 0.04,
                                                .slope_least = -2,
                                                .slope_most = 0,
                                                .usual_variance = 0.3,
                                                .usual_reversion = config::Seconds(86'400)};

struct Drift {
  double level = 0;
  double slope = 0;
  double level_variance = 0;
  double covariance = 0;
  double slope_variance = 0;
  double usual = 0;
  double usual_variance = 0;
  double shared = 0;  // covariance of level and usual
  enum class Seen { nothing, something } seen = Seen::nothing;

  double mean(double load) const { return level + slope * load; }
  double variance(double load) const {
    return level_variance + 2 * covariance * load + slope_variance * load * load;
  }

  // Nothing seen yet: what is usual at its peers, with full variance.
  static Drift unseen(const DriftSettings& settings, double peers);
  // Time passes without a sample.
  void pass(const DriftSettings& settings, double peers, config::Seconds elapsed);
  // To be called before a measurement is judged.
  void expect_anything_at_first(const DriftSettings& settings);
  // Takes a measurement that moves by `sensitivity` when this drift moves by one. `innovation` is what was
  // measured less what was expected, `variance_of_innovation` includes the noise. Clipped at 2.5 sigma;
  // returns what was left of it.
  double absorb(const DriftSettings& settings, double load, double sensitivity, double innovation,
                double variance_of_innovation);
};

}  // namespace routing
