#include "routing/market/speed.hpp"

#include <algorithm>
#include <cmath>

namespace routing {
namespace {

// Measured times of zero come from clocks coarser than the reply.
constexpr double shortest = 0.001;

double standard_normal_density(double x) {
  return std::exp(-x * x / 2) * 0.3989422804014327;
}
double standard_normal_tail(double x) {
  return 0.5 * std::erfc(x * 0.7071067811865476);
}

}  // namespace

Speed Speed::unseen(const SpeedPrior& prior) {
  Speed speed;
  speed.prompt.base = prior.base;
  speed.prompt.per_kilotoken = prior.per_kilotoken;
  speed.ttft = Drift::unseen(ttft_drift, prior.ttft_level);
  speed.throughput = Drift::unseen(throughput_drift, prior.throughput_level);
  return speed;
}

void Speed::pass(const SpeedPrior& prior, config::Seconds elapsed) {
  ttft.pass(ttft_drift, prior.ttft_level, elapsed);
  throughput.pass(throughput_drift, prior.throughput_level, elapsed);
}

double Speed::first_delta(const Load& load) const {
  return prompt.seconds(load.uncached_kilotokens) * std::exp(ttft.mean(load.tens()));
}

double Speed::rate(const Load& load) const {
  return usual_rate * std::exp(throughput.mean(load.tens()));
}

double Speed::first_delta_log_variance(const Load& load) const {
  return ttft.variance(load.tens()) + prompt.log_variance(load.uncached_kilotokens);
}

double Speed::first_delta_log_sd(const Load& load) const {
  return std::sqrt(first_delta_log_variance(load) + ttft_noise);
}

double Speed::first_delta_p95(const Load& load) const {
  return first_delta(load) * std::exp(1.645 * first_delta_log_sd(load));
}

void Speed::observe_first_delta(const Load& load, config::Seconds measured) {
  const double seconds = std::max(shortest, measured.count());
  const double tens = load.tens();
  const double usual = prompt.seconds(load.uncached_kilotokens);
  ttft.expect_anything_at_first(ttft_drift);
  const double line_variance = prompt.log_variance(load.uncached_kilotokens);
  const double variance = ttft.variance(tens) + line_variance + ttft_noise;
  const double surprise =
      ttft.absorb(ttft_drift, tens, 1, std::log(seconds / usual) - ttft.mean(tens), variance);
  // A and B describe the host without our load on it.
  prompt.absorb(load.uncached_kilotokens, seconds / std::exp(ttft.slope * tens));
  // Together both move the prediction by the line's share of the surprise and the level's; what the line
  // moved beyond its share the level gives back, or both would answer the same surprise.
  ttft.level +=
      line_variance / variance * surprise - std::log(prompt.seconds(load.uncached_kilotokens) / usual);
}

void Speed::observe_waiting(const Load& load, config::Seconds waited) {
  const double tens = load.tens();
  const double predicted = std::log(first_delta(load));
  const double variance = first_delta_log_variance(load) + ttft_noise;
  const double sd = std::sqrt(variance);
  // The mean of a normal variable known to lie above the censoring point (the inverse Mills ratio).
  const double above = std::min(8.0, (std::log(std::max(shortest, waited.count())) - predicted) / sd);
  const double innovation = sd * standard_normal_density(above) / standard_normal_tail(above);
  // Where exactly it lies beyond is not known: as much noise again as a measured time has.
  ttft.absorb(ttft_drift, tens, 1, innovation, variance + ttft_noise);
}

void Speed::observe_stream(const Load& load, double tokens, config::Seconds streaming) {
  const double tens = load.tens();
  throughput.expect_anything_at_first(throughput_drift);
  const double measured = std::log(tokens / std::max(shortest, streaming.count()) / usual_rate);
  throughput.absorb(throughput_drift, tens, 1, measured - throughput.mean(tens),
                    throughput.variance(tens) + rate_noise(tokens));
}

void Speed::observe_whole(const Load& load, double tokens, config::Seconds total) {
  const double tens = load.tens();
  ttft.expect_anything_at_first(ttft_drift);
  throughput.expect_anything_at_first(throughput_drift);
  const double until_first = first_delta(load);
  const double generating = tokens / rate(load);
  // ln(total), linearised at the prediction, moves with each part by that part's share of the total.
  const double share = until_first / (until_first + generating);
  const double variance = share * share * (first_delta_log_variance(load) + ttft_noise) +
                          (1 - share) * (1 - share) * (throughput.variance(tens) + rate_noise(tokens));
  const double innovation = std::log(std::max(shortest, total.count()) / (until_first + generating));
  ttft.absorb(ttft_drift, tens, share, innovation, variance);
  throughput.absorb(throughput_drift, tens, share - 1, innovation, variance);
}

}  // namespace routing
