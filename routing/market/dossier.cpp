#include "routing/market/dossier.hpp"

#include <algorithm>
#include <cmath>

namespace routing {
namespace {

// As the host counted them, or what was expected of it when it was chosen.
double uncached_kilotokens(const EndpointState& state, const Attempt& attempt, config::Tokens prompt) {
  if (attempt.usage && !attempt.usage_is_estimated && attempt.usage->prompt.count > 0) {
    const auto uncached = attempt.usage->prompt.count - attempt.usage->cached.count;
    return static_cast<double>(std::max<std::int64_t>(0, uncached)) / 1000;
  }
  const double cached = attempt.cached_share * state.cache_reliability;
  return static_cast<double>(prompt.count) * state.prompt_scale * (1 - cached) / 1000;
}

Load load_of(const EndpointState& state, const Attempt& attempt, config::Tokens prompt) {
  return {.uncached_kilotokens = uncached_kilotokens(state, attempt, prompt),
          .in_flight = static_cast<double>(attempt.in_flight)};
}

// Who goes on with another's answer has nothing left to think about.
bool shows_effort(const Attempt& attempt, const AskedFor& asked) {
  return asked.effort && asked.delivery == Delivery::streamed && attempt.reason != Reason::continues;
}

// Deltas stand for tokens where no usage came: most hosts send one token in each.
double tokens_streamed(const Attempt& attempt) {
  if (!attempt.usage || attempt.usage->output.count <= 0) return attempt.deltas;
  const bool thinking_shown = attempt.first_visible && *attempt.first_visible > *attempt.first_delta;
  const auto hidden = thinking_shown ? 0 : attempt.usage->reasoning.count;
  return static_cast<double>(std::max<std::int64_t>(0, attempt.usage->output.count - hidden));
}

}  // namespace

void Dossier::pass(EndpointState& state, const SpeedPrior& prior, config::TimePoint now) {
  if (now <= passed_) return;
  if (state.replies > 0) {
    state.speed.pass(prior, now - passed_);
  } else {
    const Threshold slots = state.speed.slots;
    state.speed = Speed::unseen(prior);
    // What an engine says itself is no guess.
    if (!std::isnan(state.engine.running)) state.speed.slots = slots;
  }
  passed_ = now;
}

void Dossier::measure(EndpointState& state, Measured& half_hour, config::TimePoint now) {
  if (!measures_ || measures_->pass(now) == Window::Passed::unchanged) return;
  state.measured = measures_->five_minutes();
  half_hour = measures_->half_hour();
}

void Dossier::learn_length(EndpointState& state, const Failure& failure, config::Tokens prompt, double room) {
  if (failure.prompt) return learn_scale(state, static_cast<double>(failure.prompt->count), prompt);
  // Without a count all that is known is that there was too much of it for the room.
  if (room > state.prompt_scale * static_cast<double>(prompt.count)) learn_scale(state, room, prompt);
}

void Dossier::learn_scale(EndpointState& state, double counted, config::Tokens prompt) {
  if (counted <= 0 || prompt.count <= 0) return;
  // Prior: 2,000 tokens that were estimated exactly.
  sums_.prompt_reported = 0.99 * sums_.prompt_reported + counted;
  sums_.prompt_estimated = 0.99 * sums_.prompt_estimated + static_cast<double>(prompt.count);
  state.prompt_scale =
      std::clamp((2000 + sums_.prompt_reported) / (2000 + sums_.prompt_estimated), 0.25, 4.0);
}

void Dossier::learn_beginning(EndpointState& state, const Attempt& attempt, const AskedFor& asked) {
  let_in(state.room, attempt.in_flight);
  if (attempt.cached_share > 0) return;
  learn_first_delta(state, attempt, asked);
}

void Dossier::learn_first_delta(EndpointState& state, const Attempt& attempt, const AskedFor& asked) {
  const Load load = load_of(state, attempt, asked.prompt);
  if (shows_effort(attempt, asked)) {
    state.first_tokens.observe(*asked.effort, state.speed.prompt.seconds(load.uncached_kilotokens),
                               config::Seconds(*attempt.first_delta).count());
  }
  state.speed.observe_first_delta(load, *attempt.first_delta);
  state.replies += 1;
}

void Dossier::learn_end(EndpointState& state, const Attempt& attempt, const AskedFor& asked,
                        config::TimePoint now) {
  if (!measures_) measures_ = std::make_unique<Measures>();
  measures_->observe(attempt, now);
  const Load load = load_of(state, attempt, asked.prompt);
  Speed& speed = state.speed;
  if (attempt.head && shows_effort(attempt, asked))
    state.heads.observe(*asked.effort, config::Seconds(*attempt.head).count());
  if (!attempt.first_delta) {
    const config::Seconds waited = attempt.finished.value_or(now - attempt.dispatched);
    if (!attempt.failure) {
      const double tokens = attempt.usage ? static_cast<double>(attempt.usage->output.count) : 0;
      const bool is_counted = attempt.usage && !attempt.usage_is_estimated;
      if (tokens < 1 && !is_counted) return;
      let_in(state.room, attempt.in_flight);
      // What has no output, like embeddings, is all there with its first token.
      if (tokens < 1) {
        speed.observe_first_delta(load, waited);
      } else {
        speed.observe_whole(load, tokens, waited);
      }
      speed.ordinary.observe(tokens, load.uncached_kilotokens);
      state.replies += 1;
      return;
    }
    const FailureKind kind = attempt.failure->kind;
    const bool was_waiting = kind == FailureKind::first_token_timeout || kind == FailureKind::deadline ||
                             kind == FailureKind::client_left || kind == FailureKind::outrun;
    if (asked.delivery == Delivery::whole) {
      // All of it was waited for, not a first token. A host that has become slow must not look dead for good.
      if (kind != FailureKind::first_token_timeout) return;
      speed.observe_whole(load, std::max(1.0, asked.output), waited);
      state.replies += 1;
      return;
    }
    if (was_waiting && shows_effort(attempt, asked)) {
      if (!attempt.head) state.heads.observe_waiting(*asked.effort, waited.count());
      state.first_tokens.observe_waiting(*asked.effort, speed.prompt.seconds(load.uncached_kilotokens),
                                         waited.count());
    }
    // Before its p95 a silence says next to nothing, and learning from it was seen to hurt.
    if (was_waiting && waited.count() > speed.first_delta_p95(load)) {
      speed.observe_waiting(load, waited);
      state.replies += 1;
    }
    return;
  }
  if (attempt.told == Told::nothing) let_in(state.room, attempt.in_flight);
  if (attempt.told == Told::nothing || attempt.cached_share > 0) learn_first_delta(state, attempt, asked);
  if (!attempt.failure && attempt.usage) {
    speed.ordinary.observe(static_cast<double>(attempt.usage->output.count), load.uncached_kilotokens);
  }
  // Replies in a few big pieces show how the host cuts, not how fast it is.
  constexpr std::uint32_t least_deltas = 4;
  if (!attempt.finished || attempt.deltas < least_deltas) return;
  const double tokens = tokens_streamed(attempt);
  if (tokens < 2 || *attempt.finished <= *attempt.first_delta) return;
  speed.observe_stream(load, tokens - 1, *attempt.finished - *attempt.first_delta);
}

void Dossier::learn_tokens(EndpointState& state, const Attempt& attempt, config::Tokens prompt,
                           const Expectation& expected) {
  const Usage& usage = *attempt.usage;
  learn_scale(state, static_cast<double>(usage.prompt.count), prompt);
  if (expected.cached_tokens > 0) {
    const double found = std::min(1.0, static_cast<double>(usage.cached.count) / expected.cached_tokens);
    sums_.cache_hits = 0.98 * sums_.cache_hits + found;
    sums_.cache_trials = 0.98 * sums_.cache_trials + 1;
    state.cache_reliability = (0.85 * 4 + sums_.cache_hits) / (4 + sums_.cache_trials);
  }
  if (attempt.failure || usage.output.count <= 0) return;
  if (expected.length.replies >= 10) {
    // 30 replies of its peers' verbosity: shrunk hard, because lengths vary by orders of magnitude.
    const double ratio = std::log(static_cast<double>(usage.output.count)) - expected.length.log_output;
    sums_.log_verbosity = 0.99 * sums_.log_verbosity + std::clamp(ratio, -2.0, 2.0);
    sums_.verbosity_weight = 0.99 * sums_.verbosity_weight + 1;
    state.verbosity = std::clamp(std::exp(sums_.log_verbosity / (30 + sums_.verbosity_weight)), 0.8, 1.5);
  }
  if (usage.reasoning.count > 0 && attempt.first_delta) {
    // Where a limit ended the thinking before a word was said, what came was thinking.
    const bool only_thought = !attempt.first_visible && usage.reasoning.count >= usage.output.count;
    const bool shown = attempt.first_visible ? *attempt.first_visible > *attempt.first_delta : only_thought;
    follow(state.streams_reasoning, shown ? 1 : 0, 0.2);
  }
}

}  // namespace routing
