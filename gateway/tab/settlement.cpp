#include "gateway/tab/settlement.hpp"

#include <algorithm>
#include <optional>
#include <utility>

namespace gateway {
namespace {

// Of English; other languages have fewer, and then the deltas say more.
constexpr std::size_t bytes_in_a_token = 4;

// Hosts send about one token in a delta, or more.
std::int64_t tokens_of(std::size_t bytes, std::uint32_t deltas) {
  const auto by_size = static_cast<std::int64_t>((bytes + bytes_in_a_token - 1) / bytes_in_a_token);
  return std::max<std::int64_t>(deltas, by_size);
}

// Of an answer that broke off: Anthropic's hosts tell the prompt and a first token as they begin, others a
// running count.
void count_rest(Tried& tried) {
  routing::Attempt& attempt = tried.attempt;
  const Tried::Told told = std::exchange(tried.told, {});
  const bool was_silent = told.bytes == 0 && told.deltas == 0;
  const std::int64_t rest = tokens_of(tried.bytes - told.bytes, attempt.deltas - told.deltas);
  std::int64_t& output = attempt.usage->output.count;
  output = was_silent ? std::max(output, rest) : output + rest;
  attempt.usage_is_estimated = true;
}

}  // namespace

routing::Sale sale_of(const InferenceRequest& request, std::size_t replies) {
  const routing::Demand& demand = request.demand;
  return {.at = demand.wall,
          .tier = demand.tier,
          .geo = demand.geo,
          .replies = replies,
          .pictures = demand.pictures};
}

void settle(const InferenceRequest& request, Tried& tried) {
  routing::Attempt& attempt = tried.attempt;
  const std::size_t bytes = tried.bytes;
  const bool answered = bytes > 0 || attempt.deltas > 0 || (attempt.finished && !attempt.failure);
  if (!attempt.usage && answered) {
    attempt.usage = expected_usage(request, tokens_of(bytes, attempt.deltas));
    attempt.usage_is_estimated = true;
  }
  if (attempt.usage && attempt.failure && tried.told.is_interim) count_rest(tried);
  if (!attempt.usage) return;
  attempt.is_cut_by_us = request.most_output && !request.demand.max_output &&
                         attempt.usage->output.count >= request.most_output->count;
  const auto& endpoints = request.hosts->generation->catalogue->endpoints();
  attempt.cost = routing::bill(endpoints[attempt.endpoint], *attempt.usage, sale_of(request, tried.replies));
}

routing::Usage expected_usage(const InferenceRequest& request, std::int64_t output) {
  return {
      .prompt = request.demand.prompt, .output = {output}, .searches = request.demand.searches > 0 ? 1 : 0};
}

std::int64_t bounded_output(const InferenceRequest& request, const routing::Endpoint& endpoint,
                            double expected_output) {
  const auto least = [](double tokens, const std::optional<config::Tokens>& most, int answers) {
    return most ? std::min(tokens, static_cast<double>(most->count) * answers) : tokens;
  };
  const int answers = request.demand.answers;
  double tokens = least(expected_output, request.output_bound(), answers);
  tokens = least(tokens, endpoint.settings->max_output, answers);
  return static_cast<std::int64_t>(std::max(0.0, tokens));
}

void settle_given_up(const InferenceRequest& request, double expected_output, routing::Attempt& attempt) {
  const routing::Endpoint& endpoint = request.hosts->generation->catalogue->endpoints()[attempt.endpoint];
  const bool stops = endpoint.provider->cancel_stops_billing.value_or(false);
  const std::int64_t output = stops ? 0 : bounded_output(request, endpoint, expected_output);
  attempt.cost = routing::bill(endpoint, expected_usage(request, output), sale_of(request));
  attempt.usage.reset();
  attempt.usage_is_estimated = true;
}

void settle_cut(const InferenceRequest& request, Tried& tried) {
  using routing::FailureKind;
  routing::Attempt& attempt = tried.attempt;
  if (!attempt.failure || attempt.failure->progress == routing::Progress::nothing_sent) return;
  const FailureKind kind = attempt.failure->kind;
  const bool is_cut = kind == FailureKind::client_left || kind == FailureKind::deadline ||
                      kind == FailureKind::first_token_timeout || kind == FailureKind::stalled_stream;
  // Whole replies begin when the answer is made.
  const bool is_torn =
      kind == FailureKind::broken_stream && request.demand.delivery != routing::Delivery::streamed;
  if ((!is_cut && !is_torn) || (attempt.usage && !attempt.usage_is_estimated)) return;
  const double expected = tried.asked.output * tried.asked.answers;
  if (!attempt.usage) return settle_given_up(request, expected, attempt);
  const routing::Endpoint& endpoint = request.hosts->generation->catalogue->endpoints()[attempt.endpoint];
  if (endpoint.provider->cancel_stops_billing.value_or(false)) return;
  routing::Usage billed = *attempt.usage;
  billed.output.count = std::max(billed.output.count, bounded_output(request, endpoint, expected));
  attempt.cost = routing::bill(endpoint, billed, sale_of(request, tried.replies));
}

CostShown cost_shown(const routing::Endpoint& endpoint, const routing::Usage& usage,
                     const routing::Sale& sale) {
  CostShown cost{.all = routing::bill(endpoint, usage, sale)};
  cost.completion = std::min(cost.all, routing::exact_bill(endpoint, usage, sale).answer.rounded_up());
  cost.prompt = {cost.all.nanos - cost.completion.nanos};
  return cost;
}

}  // namespace gateway
