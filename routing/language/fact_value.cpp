#include "routing/language/fact_value.hpp"

#include <chrono>
#include <cmath>

#include "routing/language/lateness.hpp"
#include "routing/language/vocabulary.hpp"

namespace routing {

namespace {

constexpr Prediction no_prediction{.expected_output = unknown,
                                   .ttft = unknown,
                                   .ttft_log_sd = unknown,
                                   .throughput = unknown,
                                   .throughput_log_sd = unknown,
                                   .generation = unknown,
                                   .price = unknown,
                                   .failure = unknown,
                                   .cache_hit = unknown,
                                   .in_flight = unknown,
                                   .headroom = unknown};
constexpr Measured no_measurement{};

TextValue known(std::string_view text) {
  // A default string_view has no characters either, but is not unknown.
  return {text.data() != nullptr ? text.data() : "", text.size()};
}
constexpr TextValue unknown_text{nullptr, 0};

Truth declared(const std::optional<bool>& value) {
  return value ? (*value ? Truth::yes : Truth::no) : Truth::undeclared;
}

double declared_number(Fact fact, const Endpoint& endpoint) {
  const config::EndpointSettings& settings = *endpoint.settings;
  switch (fact) {
    case Fact::context:
      return static_cast<double>(settings.context.count);
    case Fact::max_output_limit:
      return static_cast<double>(settings.max_output.value_or(settings.context).count);
    case Fact::price_input:
      return endpoint.dollars_per_input;
    case Fact::price_output:
      return endpoint.dollars_per_output;
    case Fact::price_cache_read:
      return endpoint.dollars_per_cache_read;
    case Fact::price_request:
      return endpoint.dollars_per_request;
    case Fact::price_image:
      return endpoint.dollars_per_image;
    default:
      return unknown;
  }
}

double hour_of(config::WallTime wall) {
  const auto since_midnight = wall - std::chrono::floor<std::chrono::days>(wall);
  return static_cast<double>(std::chrono::floor<std::chrono::hours>(since_midnight).count());
}

std::string_view weekday_of(config::WallTime wall) {
  const std::chrono::weekday day(std::chrono::floor<std::chrono::days>(wall));
  return weekday_name(day.iso_encoding() - 1);
}

// How many standard deviations of a normal distribution the p-th percentile lies above the middle.
constexpr double z50 = 0, z75 = 0.6745, z90 = 1.2816, z95 = 1.6449, z99 = 2.3263;

double late_ttft(const Prediction& p, Percentile percentile) {
  return time_of(percentile, p.ttft, p.ttft_log_sd);
}
double slow_throughput(const Prediction& p, double z) {
  return p.throughput * std::exp(-z * p.throughput_log_sd);
}
double late_gap(const Prediction& p, double z) {
  return 1 / slow_throughput(p, z);
}
// As if both parts were late together: the dearer reading.
double late_time(const Prediction& p, Percentile percentile, double z) {
  return late_ttft(p, percentile) + p.generation * std::exp(z * p.throughput_log_sd);
}

}  // namespace

double number_of(Fact fact, const View& view) {
  const Prediction& p = view.prediction != nullptr ? *view.prediction : no_prediction;
  const Measured& m = view.measured != nullptr ? *view.measured : no_measurement;
  switch (fact) {
    case Fact::ttft:
      return p.ttft;
    case Fact::throughput:
      return p.throughput;
    case Fact::generation:
      return p.generation;
    case Fact::time:
      return p.ttft + p.generation;
    case Fact::price:
      return p.price;
    case Fact::failure:
      return p.failure;
    case Fact::headroom:
      return p.headroom;
    case Fact::in_flight:
      return p.in_flight;
    case Fact::cache_hit:
      return p.cache_hit;
    case Fact::expected_output:
      return p.expected_output;
    case Fact::quality:
      return p.quality;
    case Fact::ttft_p50:
      return m.ttft.p50;
    case Fact::ttft_p75:
      return m.ttft.p75;
    case Fact::ttft_p90:
      return m.ttft.p90;
    case Fact::ttft_p95:
      return m.ttft.p95;
    case Fact::ttft_p99:
      return m.ttft.p99;
    case Fact::throughput_p50:
      return m.throughput.p50;
    case Fact::throughput_p75:
      return m.throughput.p75;
    case Fact::throughput_p90:
      return m.throughput.p90;
    case Fact::throughput_p95:
      return m.throughput.p95;
    case Fact::throughput_p99:
      return m.throughput.p99;
    case Fact::itl_p50:
      return m.gap.p50;
    case Fact::itl_p75:
      return m.gap.p75;
    case Fact::itl_p90:
      return m.gap.p90;
    case Fact::itl_p95:
      return m.gap.p95;
    case Fact::itl_p99:
      return m.gap.p99;
    case Fact::time_p50:
      return m.total.p50;
    case Fact::time_p75:
      return m.total.p75;
    case Fact::time_p90:
      return m.total.p90;
    case Fact::time_p95:
      return m.total.p95;
    case Fact::time_p99:
      return m.total.p99;
    case Fact::uptime:
      return m.uptime;
    case Fact::samples:
      return view.measured != nullptr ? m.samples : unknown;
    case Fact::prompt:
      return view.demand != nullptr ? static_cast<double>(view.demand->prompt.count) : unknown;
    case Fact::max_output:
      if (view.demand == nullptr) return unknown;
      if (view.demand->max_output) return static_cast<double>(view.demand->max_output->count);
      // A rule's `when` comes before any prediction.
      return view.endpoint == nullptr && view.prediction == nullptr ? 0 : p.expected_output;
    case Fact::hour:
      return view.demand != nullptr ? hour_of(view.demand->wall) : unknown;
    default:
      return view.endpoint != nullptr ? declared_number(fact, *view.endpoint) : unknown;
  }
}

double prior_of(Fact fact, const View& view) {
  const Prediction& p = view.prediction != nullptr ? *view.prediction : no_prediction;
  switch (fact) {
    case Fact::ttft_p50:
      return late_ttft(p, Percentile::p50);
    case Fact::ttft_p75:
      return late_ttft(p, Percentile::p75);
    case Fact::ttft_p90:
      return late_ttft(p, Percentile::p90);
    case Fact::ttft_p95:
      return late_ttft(p, Percentile::p95);
    case Fact::ttft_p99:
      return late_ttft(p, Percentile::p99);
    case Fact::throughput_p50:
      return slow_throughput(p, z50);
    case Fact::throughput_p75:
      return slow_throughput(p, z75);
    case Fact::throughput_p90:
      return slow_throughput(p, z90);
    case Fact::throughput_p95:
      return slow_throughput(p, z95);
    case Fact::throughput_p99:
      return slow_throughput(p, z99);
    case Fact::itl_p50:
      return late_gap(p, z50);
    case Fact::itl_p75:
      return late_gap(p, z75);
    case Fact::itl_p90:
      return late_gap(p, z90);
    case Fact::itl_p95:
      return late_gap(p, z95);
    case Fact::itl_p99:
      return late_gap(p, z99);
    case Fact::time_p50:
      return late_time(p, Percentile::p50, z50);
    case Fact::time_p75:
      return late_time(p, Percentile::p75, z75);
    case Fact::time_p90:
      return late_time(p, Percentile::p90, z90);
    case Fact::time_p95:
      return late_time(p, Percentile::p95, z95);
    case Fact::time_p99:
      return late_time(p, Percentile::p99, z99);
    case Fact::uptime:
      return 1 - p.failure;
    case Fact::headroom:
    case Fact::quality:
      return 1;
    default:
      return 0;
  }
}

Truth truth_of(Fact fact, const View& view) {
  if (fact == Fact::retains_prompts || fact == Fact::trains_on_prompts || fact == Fact::zdr) {
    if (view.endpoint == nullptr) return Truth::undeclared;
    const config::DataPolicy& data = view.endpoint->provider->data_policy;
    return declared(fact == Fact::retains_prompts     ? data.retains_prompts
                    : fact == Fact::trains_on_prompts ? data.trains_on_prompts
                                                      : data.zero_data_retention);
  }
  if (view.demand == nullptr) return Truth::no_evidence;
  const auto needs = [&](config::Feature feature) {
    return view.demand->needs.test(static_cast<std::size_t>(feature)) ? Truth::yes : Truth::no;
  };
  switch (fact) {
    case Fact::stream:
      return view.demand->delivery == Delivery::streamed ? Truth::yes : Truth::no;
    case Fact::tools:
      return needs(config::Feature::tools);
    case Fact::json_schema:
      return needs(config::Feature::json_schema);
    case Fact::images:
      return needs(config::Feature::images);
    case Fact::reasoning:
      return needs(config::Feature::reasoning);
    default:
      return Truth::undeclared;
  }
}

TextValue text_of(Fact fact, const View& view) {
  const Endpoint* endpoint = view.endpoint;
  const Demand* demand = view.demand;
  const config::KeySettings* key = demand != nullptr ? demand->key : nullptr;
  switch (fact) {
    case Fact::provider:
      return endpoint != nullptr ? known(endpoint->provider->name.text) : unknown_text;
    case Fact::model:
      return endpoint != nullptr ? known(endpoint->model->name.text) : unknown_text;
    case Fact::endpoint:
      return endpoint != nullptr ? known(endpoint->settings->name.text) : unknown_text;
    case Fact::jurisdiction:
      return endpoint != nullptr && endpoint->provider->jurisdiction
                 ? known(*endpoint->provider->jurisdiction)
                 : unknown_text;
    case Fact::quantization:
      return endpoint != nullptr && endpoint->settings->quantization != config::Quantization::unknown
                 ? known(to_text(endpoint->settings->quantization))
                 : unknown_text;
    case Fact::model_requested:
      return demand != nullptr ? known(demand->model_requested) : unknown_text;
    case Fact::key:
      return demand == nullptr ? unknown_text : key != nullptr ? known(key->name.text) : known("");
    case Fact::team:
      return demand == nullptr ? unknown_text : key != nullptr ? known(key->team) : known("");
    case Fact::user:
      return demand != nullptr ? known(demand->user) : unknown_text;
    case Fact::weekday:
      return demand != nullptr ? known(weekday_of(demand->wall)) : unknown_text;
    default:
      return unknown_text;
  }
}

TextValue header_of(std::string_view name, const View& view) {
  if (view.demand == nullptr) return unknown_text;
  for (const auto& [header, value] : view.demand->headers) {
    if (header == name) return known(value);
  }
  return known("");
}

}  // namespace routing
