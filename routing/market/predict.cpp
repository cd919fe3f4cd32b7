#include "routing/market/predict.hpp"

#include <algorithm>
#include <cmath>

namespace routing {
namespace {

// How much the length of the thinking alone varies, as a standard deviation of its logarithm.
constexpr double thinking_log_sd = 0.7;

// Beside the input price, of what the cache does not hold.
double cache_write(const Endpoint& endpoint, const Asked& asked) {
  if (asked.cache_marks == CacheMarks::none && endpoint.settings->cache_writes == config::CacheWrites::marked)
    return 0;
  const config::Prices& prices = endpoint.prices();
  if (asked.cache_marks != CacheMarks::hour || !prices.cache_write) return endpoint.dollars_per_cache_write;
  return prices.cache_write_1h.value_or(prices.input).dollars_per_token();
}

double price(const Endpoint& endpoint, const Asked& asked, double prompt, double cached, double output,
             double thought) {
  return endpoint.dollars_per_input * (prompt - cached) + endpoint.dollars_per_cache_read * cached +
         cache_write(endpoint, asked) * (prompt - cached) + endpoint.dollars_per_output * (output - thought) +
         endpoint.dollars_per_reasoning * thought + endpoint.dollars_per_request;
}

// Of how little is known of a host. Nothing at all: it may be as far from its peers as hosts are, and the
// draws of exploration should hope as much.
double unknown_sd(const Drift& drift, const DriftSettings& settings, double variance) {
  return std::sqrt(drift.seen == Drift::Seen::nothing ? std::max(variance, settings.between_hosts)
                                                      : variance);
}

std::bitset<check_count> checks_of(const config::Features& needs) {
  const auto has = [&](config::Feature feature) { return needs.test(static_cast<std::size_t>(feature)); };
  std::bitset<check_count> checks;
  checks[static_cast<std::size_t>(Check::tool_arguments)] = has(config::Feature::tools);
  checks[static_cast<std::size_t>(Check::json)] =
      has(config::Feature::json_object) || has(config::Feature::json_schema);
  for (const Check always : {Check::content, Check::canary_count, Check::canary_answer})
    checks[static_cast<std::size_t>(always)] = true;
  return checks;
}

void expect_quality(const Quality& quality, const std::bitset<check_count>& checks, Prediction& p) {
  for (std::size_t i = 0; i < check_count; ++i) {
    if (!checks[i] || !is_heeded(static_cast<Check>(i)) || quality[i].regard == Regard::unseen) continue;
    p.quality = std::fmin(p.quality, 1 - double{quality[i].failing});
    p.is_demoted = p.is_demoted || quality[i].regard == Regard::demoted;
  }
}

}  // namespace

Asked asked(const Demand& demand, const LengthTable* lengths) {
  return {.prompt = static_cast<double>(demand.prompt.count),
          .length = lengths ? lengths->expected(length_keys(demand)) : Length{},
          .most_output = demand.max_output ? static_cast<double>(demand.max_output->count)
                                           : std::numeric_limits<double>::infinity(),
          .answers = static_cast<double>(demand.answers),
          .pictures = static_cast<double>(demand.pictures),
          .searches = demand.searches > 0 ? 1.0 : 0.0,
          .checks = checks_of(demand.needs),
          .cache_marks = demand.cache_marks};
}

double prompt_share(const Demand& demand, std::size_t blocks) {
  if (blocks == 0 || demand.prompt.count <= 0) return 0;
  const double share =
      demand.prefix_tokens.size() == demand.prefix_blocks.size()
          ? static_cast<double>(demand.prefix_tokens[blocks - 1]) / static_cast<double>(demand.prompt.count)
          : static_cast<double>(blocks) / static_cast<double>(demand.prefix_blocks.size());
  return std::min(1.0, share);
}

Prediction predict(const Endpoint& endpoint, const EndpointState& state, const Asked& asked,
                   double cached_share, double in_flight, config::TimePoint now) {
  double most_output = asked.most_output;
  if (const auto& limit = endpoint.settings->max_output) {
    most_output = std::min(most_output, static_cast<double>(limit->count));
  }
  const double prompt = asked.prompt * state.prompt_scale;
  const double cached = prompt * cached_share * state.cache_reliability;
  const double at_host = in_flight + state.engine.others;
  const Load load{.uncached_kilotokens = (prompt - cached) / 1000, .in_flight = at_host};
  const Forecast forecast = state.speed.forecast(load);

  Prediction p;
  p.expected_output = std::min(asked.length.output * state.verbosity, most_output);
  const double thought = std::min(asked.length.reasoning * state.verbosity, p.expected_output);
  p.throughput = forecast.rate;
  const double rate_variance = state.speed.throughput.variance(forecast.running / 10);
  p.throughput_level_sd = unknown_sd(state.speed.throughput, throughput_drift, rate_variance);
  p.throughput_log_sd = std::sqrt(rate_variance + Speed::rate_noise(std::max(1.0, p.expected_output)));

  const double delta_variance = forecast.level_variance + forecast.noise;
  p.ttft_level_sd = unknown_sd(state.speed.ttft, ttft_drift, forecast.level_variance);
  p.first_delta = forecast.first_delta();
  p.wait = forecast.wait;
  p.at_once = state.speed.slots.median();
  p.smooth = state.speed.slots.weights[Threshold::never];
  p.first_delta_log_sd = std::sqrt(delta_variance);
  // A host that hides its thinking is silent meanwhile, so its first delta has that time in it already.
  const double thinking = state.streams_reasoning * thought / p.throughput;
  p.ttft = p.first_delta + thinking;
  const double share = p.first_delta / p.ttft;
  p.ttft_log_sd = std::sqrt(share * share * delta_variance +
                            (1 - share) * (1 - share) * (rate_variance + thinking_log_sd * thinking_log_sd));
  p.generation = (p.expected_output - thought) / p.throughput;
  p.price =
      price(endpoint, asked, prompt, cached, asked.answers * p.expected_output, asked.answers * thought) +
      endpoint.dollars_per_image * asked.pictures + endpoint.dollars_per_search * asked.searches;
  p.failure = 1 - (1 - state.health.failure(now)) * (1 - full(state.room, at_host));
  p.failing = state.health.failing_takes;
  p.cache_hit = cached_share * state.cache_reliability;
  p.in_flight = in_flight;
  p.headroom = state.health.headroom_at(now);
  expect_quality(state.quality, asked.checks, p);
  return p;
}

}  // namespace routing
