#include "routing/market/speed.hpp"

#include <algorithm>
#include <array>
#include <cmath>

namespace routing {
namespace {

// Measured times of zero come from clocks coarser than the reply.
constexpr double shortest = 0.001;
// How fast what is known of a host's slots is forgotten: with each reply that says something of it, and in
// silence.
constexpr float forgotten_per_reply = 0.003f;
constexpr config::Seconds slots_reversion{3600};
// A time that no number of slots explains says that something else was the matter.
constexpr double unexplained = 0.03;
// Of ln(wait), beside the chance in when the others end: their lengths are only guessed.
constexpr double wait_noise = 0.15;
// How much of not knowing a host's slots is worth finding out: the traffic's own waves try most loads anyway.
constexpr double worth_exploring = 0.3;
// Only what came about as soon as it would have at a host with a free slot says how prompts take time.
constexpr double mostly_own = 0.8;

// No host is as far from what is usual, whatever the filters come to.
double factor(double log) {
  return std::exp(std::clamp(log, -20.0, 20.0));
}

double standard_normal_density(double x) {
  return std::exp(-x * x / 2) * 0.3989422804014327;
}
double standard_normal_tail(double x) {
  return 0.5 * std::erfc(x * 0.7071067811865476);
}

// How near a step is to what an engine says, as a likelihood: neighbours on the grid are a third apart.
double nearness(double step, double said) {
  const double off = std::log(step / said) / 0.2;
  return std::exp(-off * off / 2);
}
// What an engine runs at once depends on how long its prompts are, too.
constexpr float forgotten_per_look = 0.02f;

}  // namespace

void Ordinary::observe(double tokens, double uncached_kilotokens) {
  requests += 1;
  const double gain = std::max(0.03, 1 / (requests + 1));
  output += gain * (tokens - output);
  kilotokens += gain * (uncached_kilotokens - kilotokens);
}

Speed Speed::unseen(const SpeedPrior& prior) {
  Speed speed;
  speed.prompt.base = prior.base;
  speed.prompt.per_kilotoken = prior.per_kilotoken;
  speed.ttft = Drift::unseen(ttft_drift, prior.ttft_level);
  speed.throughput = Drift::unseen(throughput_drift, prior.throughput_level);
  speed.slots = prior.slots;
  return speed;
}

void Speed::pass(const SpeedPrior& prior, config::Seconds elapsed) {
  ttft.pass(ttft_drift, prior.ttft_level, elapsed);
  throughput.pass(throughput_drift, prior.throughput_level, elapsed);
  if (elapsed.count() > 0) {
    slots.forget(prior.slots, static_cast<float>(-std::expm1(-(elapsed / slots_reversion))));
  }
}

Forecast Speed::forecast(const Load& load) const {
  const Crowd others = crowd(slots, load.in_flight);
  const double tens = others.running / 10;
  const double usual = prompt.seconds(load.uncached_kilotokens);
  Forecast f{.running = others.running,
             .base = usual * factor(ttft.mean(tens)),
             .rate = usual_rate * factor(throughput.mean(tens)),
             .level_variance = ttft.variance(tens) + prompt.log_variance(load.uncached_kilotokens),
             .noise = ttft_noise};
  if (others.turns <= 0) return f;
  const double service = f.base / usual * prompt.seconds(ordinary.kilotokens) + ordinary.output / f.rate;
  f.wait = others.turns * service;
  const double share = f.share(), scale = service / f.first_delta();
  f.level_variance =
      share * share * f.level_variance + worth_exploring * std::log1p(scale * scale * others.between);
  f.noise = share * share * f.noise + std::log1p(scale * scale * others.within);
  return f;
}

double Speed::first_delta_log_sd(const Load& load) const {
  const Forecast f = forecast(load);
  return std::sqrt(f.level_variance + f.noise);
}

double Speed::first_delta_p95(const Load& load) const {
  const Forecast f = forecast(load);
  return f.first_delta() * std::exp(1.645 * std::sqrt(f.level_variance + f.noise));
}

// How likely each number of slots made the first delta come after `seconds`, or `after` seconds before that
// (the rest of an answer that came whole), or not yet.
void Speed::judge_slots(const Load& load, double seconds, double after, Heard heard) {
  if (load.in_flight < 1) return;
  const double usual = prompt.seconds(load.uncached_kilotokens);
  const double line_variance = prompt.log_variance(load.uncached_kilotokens);
  const double alone = prompt.seconds(ordinary.kilotokens);
  std::array<float, Threshold::count> likelihoods{};
  for (std::size_t i = 0; i < Threshold::count; ++i) {
    // With more slots than there were requests nobody waits: however many more, it is as likely.
    if (i > 0 && load.in_flight <= Threshold::steps[i - 1] - 1) {
      likelihoods[i] = likelihoods[i - 1];
      continue;
    }
    const double step = Threshold::steps[i];
    const double tens = std::min(load.in_flight, step - 1) / 10;
    const double pace = factor(ttft.mean(tens));
    const double ahead = std::max(0.0, load.in_flight - step + 1);
    const double service = pace * alone + ordinary.output / (usual_rate * factor(throughput.mean(tens)));
    const double wait = ahead / step * service, base = usual * pace;
    const double whole = base + wait + after;
    const double spread =
        std::log1p(wait * service / step / (whole * whole)) + wait_noise * (wait / whole) * (wait / whole);
    const double own = (base + after) / whole;
    const double variance = own * own * (ttft.variance(tens) + line_variance + ttft_noise) + spread;
    const double z = (std::log(seconds / whole) + spread / 2) / std::sqrt(variance);
    likelihoods[i] = static_cast<float>(unexplained + (heard == Heard::it
                                                           ? standard_normal_density(z) / std::sqrt(variance)
                                                           : standard_normal_tail(z)));
  }
  slots.judge(likelihoods, unseen_slots, forgotten_per_reply);
}

// Who came alone waited for nobody. Where that one was much later or sooner than expected, the host is
// another than before, and what seemed a wait for others may have been that.
void Speed::doubt_slots(const Load& load, double innovation, double variance) {
  constexpr double much = 2.5;  // standard deviations
  constexpr float doubted = 0.5f;
  if (slots.weights[Threshold::never] >= 1) return;  // as judge() has it
  if (load.in_flight < 1 && innovation * innovation > much * much * variance)
    slots.forget(unseen_slots, doubted);
}

void Speed::observe_first_delta(const Load& load, config::Seconds measured) {
  const double seconds = std::max(shortest, measured.count());
  ttft.expect_anything_at_first(ttft_drift);
  judge_slots(load, seconds, 0, Heard::it);
  const Forecast expected = forecast(load);
  const double tens = expected.running / 10, share = expected.share();
  const double usual = prompt.seconds(load.uncached_kilotokens);
  const double line_variance = prompt.log_variance(load.uncached_kilotokens);
  const double variance = expected.level_variance + expected.noise;
  const double innovation = std::log(seconds / expected.first_delta());
  doubt_slots(load, innovation, variance);
  const double surprise = ttft.absorb(ttft_drift, tens, share, innovation, variance);
  if (share < mostly_own) return;
  // A and B describe the host without our load on it.
  prompt.absorb(load.uncached_kilotokens, share * seconds / factor(ttft.slope * tens));
  // Together both move the prediction by the line's share of the surprise and the level's; what the line
  // moved beyond its share the level gives back, or both would answer the same surprise.
  ttft.level += share * line_variance / variance * surprise -
                std::log(prompt.seconds(load.uncached_kilotokens) / usual);
}

void Speed::observe_waiting(const Load& load, config::Seconds waited) {
  const double seconds = std::max(shortest, waited.count());
  judge_slots(load, seconds, 0, Heard::nothing_yet);
  const Forecast expected = forecast(load);
  const double variance = expected.level_variance + expected.noise;
  const double sd = std::sqrt(variance);
  // The mean of a normal variable known to lie above the censoring point (the inverse Mills ratio).
  const double above = std::clamp(std::log(seconds / expected.first_delta()) / sd, -8.0, 8.0);
  const double innovation = sd * standard_normal_density(above) / standard_normal_tail(above);
  // Where exactly it lies beyond is not known: as much noise again as a measured time has. The level answers
  // for no more than its own share of the time: else it would grow where all wait, and the host be shunned.
  ttft.absorb(ttft_drift, expected.running / 10, expected.share(), innovation, variance + ttft_noise);
}

void Speed::hear(double running, double waiting) {
  if (running < 1) return;
  // Who has only just come waits for a moment, too: only a queue says that there is no room.
  const double by_chance = std::pow(0.5, waiting);
  std::array<float, Threshold::count> likelihoods{};
  for (std::size_t i = 0; i < Threshold::count; ++i) {
    const double step = Threshold::steps[i];
    double likelihood = i == Threshold::never ? 0 : nearness(step, running);
    if (step >= running) likelihood = std::max(likelihood, by_chance);
    likelihoods[i] = static_cast<float>(std::max(least_likely, likelihood));
  }
  slots.judge(likelihoods, unseen_slots, forgotten_per_look);
}

void Speed::hear_slots(double said) {
  if (said < 1) return;
  std::array<float, Threshold::count> likelihoods{};
  for (std::size_t i = 0; i < Threshold::count; ++i) {
    const double near = i == Threshold::never ? 0 : nearness(Threshold::steps[i], said);
    likelihoods[i] = static_cast<float>(std::max(least_likely, near));
  }
  slots.judge(likelihoods, unseen_slots, forgotten_per_look);
}

void Speed::observe_stream(const Load& load, double tokens, config::Seconds streaming) {
  const double tens = crowd(slots, load.in_flight).running / 10;
  throughput.expect_anything_at_first(throughput_drift);
  const double measured = std::log(tokens / std::max(shortest, streaming.count()) / usual_rate);
  throughput.absorb(throughput_drift, tens, 1, measured - throughput.mean(tens),
                    throughput.variance(tens) + rate_noise(tokens));
}

void Speed::observe_whole(const Load& load, double tokens, config::Seconds total) {
  ttft.expect_anything_at_first(ttft_drift);
  throughput.expect_anything_at_first(throughput_drift);
  const double seconds = std::max(shortest, total.count());
  judge_slots(load, seconds, tokens / rate(load), Heard::it);
  const Forecast expected = forecast(load);
  const double tens = expected.running / 10;
  const double until_first = expected.first_delta(), generating = tokens / expected.rate;
  // ln(total), linearised at the prediction, moves with each part by that part's share of the total.
  const double share = until_first / (until_first + generating);
  const double variance = share * share * (expected.level_variance + expected.noise) +
                          (1 - share) * (1 - share) * (throughput.variance(tens) + rate_noise(tokens));
  const double innovation = std::log(seconds / (until_first + generating));
  doubt_slots(load, innovation, variance);
  ttft.absorb(ttft_drift, tens, share * expected.share(), innovation, variance);
  throughput.absorb(throughput_drift, tens, share - 1, innovation, variance);
}

}  // namespace routing
