#include "routing/market/dossier.hpp"

#include <algorithm>
#include <cmath>

namespace routing {
namespace {

double uncached_kilotokens(const EndpointState& state, const Attempt& attempt, const Demand& demand) {
  if (attempt.usage && !attempt.usage_is_estimated && attempt.usage->prompt.count > 0) {
    const auto uncached = attempt.usage->prompt.count - attempt.usage->cached.count;
    return static_cast<double>(std::max<std::int64_t>(0, uncached)) / 1000;
  }
  return static_cast<double>(demand.prompt.count) * state.prompt_scale / 1000;
}

// Deltas stand for tokens where no usage came: most hosts send one token in each.
double tokens_streamed(const Attempt& attempt) {
  if (!attempt.usage || attempt.usage->output.count <= 0) return attempt.deltas;
  const bool thinking_shown = attempt.first_visible && *attempt.first_visible > *attempt.first_delta;
  const auto hidden = thinking_shown ? 0 : attempt.usage->reasoning.count;
  return static_cast<double>(std::max<std::int64_t>(0, attempt.usage->output.count - hidden));
}

void follow(double& average, double value, double gain) {
  average += gain * (value - average);
}

}  // namespace

void Dossier::pass(EndpointState& state, const SpeedPrior& prior, config::TimePoint now) {
  if (now <= passed_) return;
  if (state.replies > 0) {
    state.speed.pass(prior, now - passed_);
  } else {
    state.speed = Speed::unseen(prior);
  }
  passed_ = now;
}

void Dossier::measure(EndpointState& state, Measured& half_hour, config::TimePoint now) {
  if (!measures_ || measures_->pass(now) == Window::Passed::unchanged) return;
  state.measured = measures_->five_minutes();
  half_hour = measures_->half_hour();
}

void Dossier::learn(EndpointState& state, const Attempt& attempt, const Demand& demand,
                    const Expectation& expected, config::TimePoint now) {
  if (!measures_) measures_ = std::make_unique<Measures>();
  measures_->observe(attempt, now);
  learn_speed(state, attempt, demand, expected, now);
  if (attempt.usage && !attempt.usage_is_estimated) learn_tokens(state, attempt, demand, expected);
}

void Dossier::learn_speed(EndpointState& state, const Attempt& attempt, const Demand& demand,
                          const Expectation& expected, config::TimePoint now) {
  const Load load{.uncached_kilotokens = uncached_kilotokens(state, attempt, demand),
                  .in_flight = static_cast<double>(attempt.in_flight)};
  Speed& speed = state.speed;
  if (!attempt.first_delta) {
    if (!attempt.failure) {
      const double tokens = attempt.usage ? static_cast<double>(attempt.usage->output.count) : 0;
      if (!attempt.finished || tokens < 1) return;
      speed.observe_whole(load, tokens, *attempt.finished);
      state.replies += 1;
      return;
    }
    const FailureKind kind = attempt.failure->kind;
    const bool was_waiting = kind == FailureKind::first_token_timeout || kind == FailureKind::deadline ||
                             kind == FailureKind::client_left;
    const config::Seconds waited = attempt.finished.value_or(now - attempt.dispatched);
    if (demand.delivery == Delivery::whole) {
      // All of it was waited for, not a first token. A host that has become slow must not look dead for good.
      if (kind != FailureKind::first_token_timeout) return;
      speed.observe_whole(load, std::max(1.0, expected.length.output), waited);
      state.replies += 1;
      return;
    }
    // Before its p95 a silence says next to nothing, and learning from it was seen to hurt.
    if (was_waiting && waited.count() > speed.first_delta_p95(load)) {
      speed.observe_waiting(load, waited);
      state.replies += 1;
    }
    return;
  }
  speed.observe_first_delta(load, *attempt.first_delta);
  state.replies += 1;
  // Replies in a few big pieces show how the host cuts, not how fast it is.
  constexpr std::uint32_t least_deltas = 4;
  if (!attempt.finished || attempt.deltas < least_deltas) return;
  const double tokens = tokens_streamed(attempt);
  if (tokens < 2 || *attempt.finished <= *attempt.first_delta) return;
  speed.observe_stream(load, tokens - 1, *attempt.finished - *attempt.first_delta);
}

void Dossier::learn_tokens(EndpointState& state, const Attempt& attempt, const Demand& demand,
                           const Expectation& expected) {
  const Usage& usage = *attempt.usage;
  if (usage.prompt.count > 0 && demand.prompt.count > 0) {
    // Prior: 2,000 tokens that were estimated exactly.
    prompt_reported_ = 0.99 * prompt_reported_ + static_cast<double>(usage.prompt.count);
    prompt_estimated_ = 0.99 * prompt_estimated_ + static_cast<double>(demand.prompt.count);
    state.prompt_scale = std::clamp((2000 + prompt_reported_) / (2000 + prompt_estimated_), 0.25, 4.0);
  }
  if (expected.cached_tokens > 0) {
    const double found = std::min(1.0, static_cast<double>(usage.cached.count) / expected.cached_tokens);
    cache_hits_ = 0.98 * cache_hits_ + found;
    cache_trials_ = 0.98 * cache_trials_ + 1;
    state.cache_reliability = (0.85 * 4 + cache_hits_) / (4 + cache_trials_);
  }
  if (attempt.failure || usage.output.count <= 0) return;
  if (expected.length.replies >= 10) {
    // 30 replies of its peers' verbosity: shrunk hard, because lengths vary by orders of magnitude.
    const double ratio = std::log(static_cast<double>(usage.output.count)) - expected.length.log_output;
    log_verbosity_ = 0.99 * log_verbosity_ + std::clamp(ratio, -2.0, 2.0);
    verbosity_weight_ = 0.99 * verbosity_weight_ + 1;
    state.verbosity = std::clamp(std::exp(log_verbosity_ / (30 + verbosity_weight_)), 0.8, 1.5);
  }
  if (usage.reasoning.count > 0 && attempt.first_delta) {
    const bool shown = attempt.first_visible && *attempt.first_visible > *attempt.first_delta;
    follow(state.streams_reasoning, shown ? 1 : 0, 0.2);
  }
}

}  // namespace routing
