#include "routing/decision/patience.hpp"

#include <algorithm>
#include <cmath>

#include "routing/decision/retry.hpp"

namespace routing {
namespace {

// Of one answer in a thousand. What is given up for being late is billed as if it had been taken, and asked
// for anew.
constexpr double z = 3.09;
constexpr double longest = 24 * 3600;

config::Duration bounded(double seconds) {
  return std::chrono::duration_cast<config::Duration>(config::Seconds(seconds < longest ? seconds : longest));
}

// Standard deviation of ln(length) of one answer, by how far the mean is above the mean of the logarithms, as
// for a log-normal; four replies' worth of not knowing.
double length_log_sd(const Length& length) {
  constexpr double prior_replies = 4;
  constexpr double least = 0.25, most = 4;  // of the variance
  const double found = 2 * (std::log(std::max(1.0, length.output)) - length.log_output);
  const double replies = std::max(0.0, length.replies);
  const double mixed = (prior_replies + replies * std::max(0.0, found)) / (prior_replies + replies);
  return std::sqrt(std::clamp(mixed, least, most));
}

// Seconds, until all of the answer is there. One request in fifty is of another kind than those whose lengths
// were learned: of such, of 250 tokens or e times more or less, one in twenty has more than
// `of_another_kind`.
double late_answer(const Prediction& prediction, const Length& length, const Demand& demand) {
  constexpr double of_another_kind = 1'250;
  const double length_sd = length_log_sd(length);
  const double sd = std::hypot(length_sd, prediction.throughput_log_sd);
  const double median =
      prediction.expected_output * std::exp(-0.5 * length_sd * length_sd) / prediction.throughput;
  const double most = demand.max_output ? static_cast<double>(demand.max_output->count) : of_another_kind;
  const double unlike = std::min(of_another_kind, most) / prediction.throughput;
  return std::max(median * std::exp(z * sd), unlike);
}

bool thinks(const Endpoint& endpoint) {
  return endpoint.settings->features.test(static_cast<std::size_t>(config::Feature::reasoning));
}

// How much more patience there is than with a first attempt that others could take over.
double leniency(const Decision& decision, const Policy& policy, std::span<const Attempt> earlier) {
  const auto outwaited = std::ranges::count_if(earlier, [](const Attempt& attempt) {
    return attempt.failure && attempt.failure->kind == FailureKind::first_token_timeout;
  });
  const bool is_last = decision.order.size() <= 1 || earlier.size() + 1 >= most_attempts(policy);
  return std::pow(4, outwaited + (is_last ? 1 : 0));
}

// As it counts them, of a prompt that its cache may have forgotten.
double kilotokens_of(const Demand& demand, const EndpointState& state) {
  return static_cast<double>(demand.prompt.count) * state.prompt_scale / 1000;
}

// Of a host that may think first: by what those took that were asked to think as much.
double late_thinker(const Prediction& prediction, const EndpointState* state, const Demand& demand,
                    double most) {
  if (!state) return most;
  const auto latest =
      state->first_tokens.latest(demand.effort, state->speed.prompt.seconds(kilotokens_of(demand, *state)));
  return latest ? *latest + prediction.wait : most;
}

// Until a stream's first token. What is not known well is given all the time there is.
double late_first_token(const Prediction& prediction, const Endpoint& endpoint, const EndpointState* state,
                        const Demand& demand, double most) {
  constexpr double z_rare = 3.72;  // of one in ten thousand
  constexpr double least = 10;
  constexpr double known = 0.25;  // standard deviation of the estimate's logarithm
  const auto bounded_below = [&](double rare) {
    return rare < most ? std::max(rare, std::min(least, most)) : most;
  };
  if (thinks(endpoint)) return bounded_below(late_thinker(prediction, state, demand, most));
  const bool is_known = prediction.first_delta_log_sd > 0 && prediction.ttft_level_sd < known;
  if (!is_known) return most;
  // A host's cache may have forgotten what it is believed to know: then it reads all of the prompt, which
  // takes it no longer than so many times as what is left of it.
  const double unread = prediction.first_delta / (1 - prediction.cache_hit);
  return bounded_below(unread * std::exp(z_rare * prediction.first_delta_log_sd));
}

const Verdict* chosen_of(const Decision* decision) {
  if (!decision || !decision->chosen) return nullptr;
  const auto found = std::ranges::find(decision->verdicts, *decision->chosen, &Verdict::endpoint);
  return found == decision->verdicts.end() ? nullptr : &*found;
}

}  // namespace

std::optional<config::Duration> longest_generation(const Prediction& prediction, const Endpoint& endpoint,
                                                   const Demand& demand) {
  std::optional<config::Tokens> most = demand.max_output;
  const std::optional<config::Tokens>& possible = endpoint.settings->max_output;
  if (possible && (!most || possible->count < most->count)) most = possible;
  if (!most) return std::nullopt;
  constexpr double slow = 2;  // standard deviations
  const double speed = 0.5 * prediction.throughput * std::exp(-slow * prediction.throughput_log_sd);
  const double seconds = static_cast<double>(most->count) / speed;
  if (!(seconds < longest)) return std::nullopt;
  return std::chrono::duration_cast<config::Duration>(config::Seconds(seconds));
}

config::Duration longest_silence(const Endpoint& endpoint, const Demand& demand, const Decision* decision,
                                 const Policy& policy, std::span<const Attempt> earlier,
                                 const EndpointState* state) {
  const config::Duration first_token = endpoint.provider->limits.first_token_timeout;
  const Verdict* chosen = chosen_of(decision);
  if (demand.delivery == Delivery::streamed) {
    if (!chosen) return first_token;
    const double most = config::Seconds(first_token).count();
    const double late = late_first_token(chosen->prediction, endpoint, state, demand, most);
    return std::min<config::Duration>(bounded(late * leniency(*decision, policy, earlier)), first_token);
  }
  if (!chosen) return bounded(longest);

  const Prediction& prediction = chosen->prediction;
  const double most_first = config::Seconds(first_token).count();
  const double first = prediction.first_delta * std::exp(z * prediction.first_delta_log_sd);
  // One that can think, silently and for long, and of whose answers nothing is known yet, is given the
  // benefit of the doubt.
  constexpr double few_replies = 4;
  const bool may_think = thinks(endpoint) && decision->length.replies < few_replies;
  const double late = (first < most_first && !may_think ? first : most_first) +
                      late_answer(prediction, decision->length, demand);
  // A fast host may stumble: what a network or a busy machine adds has nothing to do with its usual times.
  constexpr double stumble = 10;
  double seconds = std::max(late, std::min(stumble, most_first));
  seconds *= leniency(*decision, policy, earlier);
  const auto generation = longest_generation(prediction, endpoint, demand);
  return generation ? std::min(bounded(seconds), first_token + *generation) : bounded(seconds);
}

std::optional<config::Duration> longest_without_head(const Endpoint& endpoint, const Demand& demand,
                                                     const Decision& decision, const Policy& policy,
                                                     std::span<const Attempt> earlier,
                                                     const EndpointState& state) {
  constexpr double least = 15;
  const Verdict* chosen = chosen_of(&decision);
  if (demand.delivery != Delivery::streamed || !chosen || !thinks(endpoint)) return std::nullopt;
  const auto latest =
      state.heads.latest(demand.effort, state.speed.prompt.seconds(kilotokens_of(demand, state)));
  if (!latest) return std::nullopt;
  return bounded(std::max(least, *latest + chosen->prediction.wait) * leniency(decision, policy, earlier));
}

}  // namespace routing
