#include "gateway/pages/endpoint_item.hpp"

#include <array>

#include "gateway/observe/standing.hpp"
#include "gateway/pages/quality_item.hpp"
#include "gateway/text/json_page.hpp"
#include "gateway/text/price_text.hpp"

namespace gateway {

namespace json = boost::json;
using config::Feature;

namespace {

bool has(const config::Features& features, Feature feature) {
  return features[static_cast<std::size_t>(feature)];
}

json::value percentiles(const routing::Percentiles& p, double scale) {
  if (p.p50 != p.p50) return nullptr;  // NaN: no evidence yet
  return json::object{{"p50", number_or_null(p.p50 * scale)},
                      {"p75", number_or_null(p.p75 * scale)},
                      {"p90", number_or_null(p.p90 * scale)},
                      {"p95", number_or_null(p.p95 * scale)},
                      {"p99", number_or_null(p.p99 * scale)}};
}

// OpenRouter's numbers: 0 is operational, anything less is degraded.
int status_number(Standing standing) {
  switch (standing) {
    case Standing::serving:
      return 0;
    case Standing::trial:
      return -1;
    case Standing::cooling:
      return -2;
    case Standing::not_ready:
    case Standing::open:
    case Standing::drained:
      return -5;
  }
  return 0;
}

json::value yes_no_or_null(const std::optional<bool>& answer) {
  return answer ? json::value(*answer) : json::value(nullptr);
}

json::object own_facts(const routing::Endpoint& endpoint, const routing::Measured& measured,
                       const Stand& stand) {
  const config::ProviderSettings& provider = *endpoint.provider;
  json::array regions, tags;
  for (const std::string& region : provider.regions) regions.emplace_back(region);
  for (const std::string& tag : endpoint.settings->tags) tags.emplace_back(tag);
  return {
      {"provider", provider.name.text},
      {"state", to_text(stand.standing)},
      {"jurisdiction", provider.jurisdiction ? json::value(*provider.jurisdiction) : json::value(nullptr)},
      {"regions", std::move(regions)},
      {"tags", std::move(tags)},
      {"retains_prompts", yes_no_or_null(provider.data_policy.retains_prompts)},
      {"trains_on_prompts", yes_no_or_null(provider.data_policy.trains_on_prompts)},
      {"zero_data_retention", yes_no_or_null(provider.data_policy.zero_data_retention)},
      {"prefill", has(endpoint.settings->features, Feature::prefill)},
      {"window_seconds", 300},
      {"samples", number_or_null(measured.samples)},
      {"latency_ms", percentiles(measured.ttft, 1e3)},
      {"throughput", percentiles(measured.throughput, 1)},
      {"gap_ms", percentiles(measured.gap, 1e3)},
      {"total_ms", percentiles(measured.total, 1e3)}};
}

// Of the rules, those that OpenRouter has words for, the first of ours last: the last that holds wins there,
// and what it leaves out is inherited.
void add_overrides(const config::EndpointSettings& settings, json::object& pricing) {
  json::array overrides;
  for (auto rule = settings.price_rules.rbegin(); rule != settings.price_rules.rend(); ++rule) {
    const config::PriceConditions& when = rule->when;
    const bool is_of_some = when.tiers.any() || !when.geos.empty();
    const bool has_more = when.prompt_to || when.weekdays.any() || when.from || when.until || is_of_some;
    if (has_more) continue;
    json::object override = pricing_object(rule->prices);
    override.erase("discount");
    if (!rule->prices.cache_read) override["input_cache_read"] = override["prompt"];
    if (when.prompt_above) override["min_prompt_tokens"] = when.prompt_above->count;
    if (when.hours) {
      const auto number = [](config::MinuteOfDay at) { return at.minutes / 60 * 100 + at.minutes % 60; };
      override["utc_start"] = number(when.hours->from);
      override["utc_end"] = number(when.hours->to);
    }
    overrides.push_back(std::move(override));
  }
  if (!overrides.empty()) pricing["overrides"] = std::move(overrides);
}

}  // namespace

json::object endpoint_item(const routing::Endpoint& endpoint, const routing::Snapshot& snapshot) {
  const config::EndpointSettings& settings = *endpoint.settings;
  const config::ProviderSettings& provider = *endpoint.provider;
  const routing::EndpointState& state = snapshot.endpoints[endpoint.index];
  const routing::Measured& half_hour =
      snapshot.half_hour ? (*snapshot.half_hour)[endpoint.index] : state.measured;
  const Stand stand = stand_of(state, snapshot.taken);
  const std::string& shown = provider.display_name.empty() ? provider.name.text : provider.display_name;
  json::object item{{"name", shown + " | " + endpoint.model->name.text},
                    {"model_id", endpoint.model->name.text},
                    {"model_name", endpoint.model->display_name.empty() ? endpoint.model->name.text
                                                                        : endpoint.model->display_name},
                    {"provider_name", shown},
                    {"tag", settings.name.text},
                    {"context_length", settings.context.count},
                    {"max_prompt_tokens", nullptr}};
  item["max_completion_tokens"] =
      settings.max_output ? json::value(settings.max_output->count) : json::value(nullptr);
  item["quantization"] = quantization_text(settings.quantization);
  item["supported_parameters"] = supported_parameters(settings.features);
  item["pricing"] = pricing_object(settings.prices);
  add_overrides(settings, item["pricing"].as_object());
  item["status"] = status_number(stand.standing);
  item["uptime_last_5m"] = number_or_null(state.measured.uptime_five_minutes * 100);
  item["uptime_last_30m"] = number_or_null(state.measured.uptime * 100);
  item["uptime_last_1d"] = number_or_null(state.measured.uptime_day * 100);
  item["latency_last_30m"] = percentiles(half_hour.ttft, 1e3);
  item["throughput_last_30m"] = percentiles(half_hour.throughput, 1);
  item["supports_implicit_caching"] = settings.prices.cache_read.has_value();
  item["supports_voice_cloning"] = false;
  item["supports_diarization"] = false;
  item["native_tools"] = json::object();
  item["service_tier"] = nullptr;
  const bool calls = has(settings.features, Feature::tools);
  item["supports_tool_choice"] = {{"auto", calls}, {"none", calls}, {"required", calls}, {"function", calls}};
  item["isocost"] = own_facts(endpoint, state.measured, stand);
  item["isocost"].as_object()["quality"] = quality_item(snapshot, endpoint.index);
  return item;
}

json::object pricing_object(const config::Prices& prices) {
  json::object pricing{{"prompt", per_token_text(prices.input)},
                       {"completion", per_token_text(prices.output)},
                       {"request", dollars_text(prices.request)}};
  if (prices.cache_read) pricing["input_cache_read"] = per_token_text(*prices.cache_read);
  // Ours stand beside the input price, OpenRouter's hold it.
  const auto with_input = [&](config::PricePerMillionTokens more) {
    return per_token_text({prices.input.price + more.price});
  };
  if (prices.cache_write) pricing["input_cache_write"] = with_input(*prices.cache_write);
  if (prices.cache_write) {
    pricing["input_cache_write_1h"] = with_input(prices.cache_write_1h.value_or(prices.input));
  }
  const auto add = [&](const char* name, const std::optional<config::PricePerMillionTokens>& price) {
    if (price) pricing[name] = per_token_text(*price);
  };
  add("audio", prices.audio_input);
  add("input_audio_cache", prices.audio_cache_read);
  if (prices.image.nanos > 0) pricing["image"] = dollars_text(prices.image);
  add("image_token", prices.image_input);
  add("audio_output", prices.audio_output);
  add("image_output", prices.image_output);
  add("internal_reasoning", prices.reasoning);
  if (prices.search.nanos > 0) pricing["web_search"] = dollars_text(prices.search);
  pricing["discount"] = 0;
  return pricing;
}

json::object architecture_object(const config::Features& features) {
  json::array inputs{"text"};
  std::string modality = "text";
  constexpr std::array<std::pair<Feature, std::string_view>, 3> kinds{
      {{Feature::images, "image"}, {Feature::audio, "audio"}, {Feature::files, "file"}}};
  for (const auto& [feature, name] : kinds) {
    if (!has(features, feature)) continue;
    inputs.emplace_back(name);
    modality.append("+").append(name);
  }
  return {{"input_modalities", std::move(inputs)},
          {"output_modalities", json::array{"text"}},
          {"modality", modality + "->text"},
          {"tokenizer", "Other"},
          {"instruct_type", nullptr}};
}

json::array supported_parameters(const config::Features& features) {
  json::array names{"max_tokens", "temperature", "top_p", "stop"};
  const auto add = [&](Feature feature, std::initializer_list<std::string_view> more) {
    if (!has(features, feature)) return;
    for (const std::string_view name : more) names.emplace_back(name);
  };
  add(Feature::tools, {"tools", "tool_choice"});
  if (has(features, Feature::json_object) || has(features, Feature::json_schema))
    names.emplace_back("response_format");
  add(Feature::json_schema, {"structured_outputs"});
  add(Feature::reasoning, {"reasoning", "include_reasoning"});
  add(Feature::logprobs, {"logprobs", "top_logprobs"});
  return names;
}

std::string_view quantization_text(config::Quantization quantization) {
  return config::quantization_names[static_cast<std::size_t>(quantization)];
}

}  // namespace gateway
