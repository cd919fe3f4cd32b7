#include "routing/speed.hpp"

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

double Speed::first_delta_log_sd(const Load& load) const {
  return std::sqrt(ttft.variance(load.tens()) + ttft_noise);
}

double Speed::first_delta_p95(const Load& load) const {
  return first_delta(load) * std::exp(1.645 * first_delta_log_sd(load));
}

void Speed::observe_first_delta(const Load& load, config::Seconds measured) {
  const double seconds = std::max(shortest, measured.count());
  const double tens = load.tens();
  const double usual = prompt.seconds(load.uncached_kilotokens);
  const double innovation = std::log(seconds / usual) - ttft.mean(tens);
  ttft.absorb(ttft_drift, tens, 1, innovation, ttft.variance(tens) + ttft_noise);
  // A and B describe the host without our load on it.
  prompt.absorb(load.uncached_kilotokens, seconds / std::exp(ttft.slope * tens));
  // What the slow estimate took over, the fast one gives back: both must not answer the same surprise.
  ttft.level -= std::log(prompt.seconds(load.uncached_kilotokens) / usual);
}

void Speed::observe_waiting(const Load& load, config::Seconds waited) {
  const double tens = load.tens();
  const double predicted = std::log(first_delta(load));
  const double variance = ttft.variance(tens) + ttft_noise;
  const double sd = std::sqrt(variance);
  // The mean of a normal variable known to lie above the censoring point (the inverse Mills ratio).
  const double above = std::min(8.0, (std::log(std::max(shortest, waited.count())) - predicted) / sd);
  const double innovation = sd * standard_normal_density(above) / standard_normal_tail(above);
  // Where exactly it lies beyond is not known: as much noise again as a measured time has.
  ttft.absorb(ttft_drift, tens, 1, innovation, variance + ttft_noise);
}

void Speed::observe_stream(const Load& load, double tokens, config::Seconds streaming) {
  const double tens = load.tens();
  const double measured = std::log(tokens / std::max(shortest, streaming.count()) / usual_rate);
  throughput.absorb(throughput_drift, tens, 1, measured - throughput.mean(tens),
                    throughput.variance(tens) + rate_noise(tokens));
}

void Speed::observe_whole(const Load& load, double tokens, config::Seconds total) {
  const double tens = load.tens();
  const double until_first = first_delta(load);
  const double generating = tokens / rate(load);
  // ln(total), linearised at the prediction, moves with each part by that part's share of the total.
  const double share = until_first / (until_first + generating);
  const double variance = share * share * (ttft.variance(tens) + ttft_noise) +
                          (1 - share) * (1 - share) * (throughput.variance(tens) + rate_noise(tokens));
  const double innovation = std::log(std::max(shortest, total.count()) / (until_first + generating));
  ttft.absorb(ttft_drift, tens, share, innovation, variance);
  throughput.absorb(throughput_drift, tens, share - 1, innovation, variance);
}

}  // namespace routing
