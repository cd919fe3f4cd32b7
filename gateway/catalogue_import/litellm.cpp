// LiteLLM's price map: {"provider/model": {litellm_provider, mode, input_cost_per_token, …}}; prices in
// dollars per token.
#include <charconv>
#include <cmath>

#include "gateway/catalogue_import/lists.hpp"
#include "gateway/catalogue_import/members.hpp"
#include "gateway/catalogue_import/names.hpp"

namespace gateway {
namespace {

namespace json = boost::json;
using config::Feature;

constexpr std::string_view litellm_source = "LiteLLM";

// With "_priority", "_above_200k_tokens", "_above_200k_tokens_priority" behind each name. What is not said is
// as in `usual`.
config::Prices litellm_prices(const json::object& model, const std::string& suffix,
                              config::Prices usual = {}) {
  const auto price = [&](const char* name) { return price_per_token_in(model, name + suffix); };
  usual.input = price("input_cost_per_token").value_or(usual.input);
  usual.output = price("output_cost_per_token").value_or(usual.output);
  take(price("cache_read_input_token_cost"), usual.cache_read);
  take(price("cache_creation_input_token_cost"), usual.cache_write);
  take(price("cache_creation_input_token_cost_above_1hr"), usual.cache_write_1h);
  take_other(price("input_cost_per_audio_token"), usual.input, usual.audio_input);
  take_other(price("cache_read_input_audio_token_cost"), usual.cache_read.value_or(usual.input),
             usual.audio_cache_read);
  take_other(price("input_cost_per_image_token"), usual.input, usual.image_input);
  take_other(price("output_cost_per_audio_token"), usual.output, usual.audio_output);
  take_other(price("output_cost_per_image_token"), usual.output, usual.image_output);
  take_other(price("output_cost_per_reasoning_token"), usual.output, usual.reasoning);
  usual.request = price_each_in(model, "input_cost_per_request" + suffix).value_or(usual.request);
  usual.image = price_each_in(model, "input_cost_per_image" + suffix).value_or(usual.image);
  // Of a search of the usual size; the bill has it where the host tells how many there were.
  const json::object* search = object_in(model, "search_context_cost_per_query");
  const auto dollars = search ? number_in(*search, "search_context_size_medium") : std::nullopt;
  if (dollars && *dollars > 0 && *dollars < 1) usual.search = {std::llround(*dollars * 1e9)};
  return usual;
}

// "input_cost_per_token_above_200k_tokens_flex", with "_flex" as the tier: 200,000.
std::optional<std::int64_t> beyond(std::string_view name, std::string_view tier) {
  constexpr std::string_view begin = "input_cost_per_token_above_", end = "k_tokens";
  if (!name.ends_with(tier)) return std::nullopt;
  name.remove_suffix(tier.size());
  if (!name.starts_with(begin) || !name.ends_with(end)) return std::nullopt;
  name.remove_prefix(begin.size());
  name.remove_suffix(end.size());
  std::int64_t thousands = 0;
  const auto [last, error] = std::from_chars(name.data(), name.data() + name.size(), thousands);
  if (error != std::errc() || last != name.data() + name.size()) return std::nullopt;
  return thousands * 1000;
}

// The cliffs of one tier, the last one first.
void add_cliffs(const json::object& model, const std::string& tier, config::ServiceTiers tiers,
                CatalogueRow& row) {
  const config::Prices usual = litellm_prices(model, tier, row.prices);
  std::vector<config::PriceRule> cliffs;
  for (const auto& [name, unused] : model) {
    const auto tokens = beyond(name, tier);
    if (!tokens) continue;
    const std::string suffix = "_above_" + std::to_string(*tokens / 1000) + "k_tokens" + tier;
    cliffs.push_back(
        {{.prompt_above = config::Tokens{*tokens}, .tiers = tiers}, litellm_prices(model, suffix, usual)});
  }
  longest_first(cliffs);
  row.rules.insert(row.rules.end(), cliffs.begin(), cliffs.end());
}

// Of tiers that a request may ask for. Batches are asked for elsewhere.
void add_litellm_rules(const json::object& model, CatalogueRow& row) {
  using config::ServiceTier;
  for (const ServiceTier tier : {ServiceTier::flex, ServiceTier::priority}) {
    const auto number = static_cast<std::size_t>(tier);
    const std::string suffix = "_" + std::string(config::service_tier_names[number]);
    if (!model.if_contains("input_cost_per_token" + suffix)) continue;
    const config::ServiceTiers tiers = config::ServiceTiers().set(number);
    add_cliffs(model, suffix, tiers, row);
    row.rules.push_back({{.tiers = tiers}, litellm_prices(model, suffix, row.prices)});
  }
  add_cliffs(model, {}, {}, row);
}

// [{range: [0, 32000], input_cost_per_token, …}]: whole requests by the length of their prompt. Null: none.
const json::object* first_step(const json::object& model) {
  const json::array* steps = array_in(model, "tiered_pricing");
  return steps && !steps->empty() ? steps->front().if_object() : nullptr;
}

void add_steps(const json::object& model, CatalogueRow& row) {
  for (const json::value& each : elements_in(model, "tiered_pricing")) {
    const json::object* step = each.if_object();
    const json::array* range = step ? array_in(*step, "range") : nullptr;
    if (!range || range->empty() || !range->front().is_number()) continue;
    const double above = range->front().to_number<double>();
    if (above < 1 || above > 1e9) continue;
    row.rules.push_back({{.prompt_above = config::Tokens{static_cast<std::int64_t>(above)}},
                         litellm_prices(*step, {}, row.prices)});
  }
  longest_first(row.rules);
}

config::Features litellm_features(const json::object& model) {
  config::Features features;
  const auto set = [&](Feature feature, const char* name) {
    features[static_cast<std::size_t>(feature)] = is_true_in(model, name);
  };
  set(Feature::tools, "supports_function_calling");
  set(Feature::json_schema, "supports_response_schema");
  set(Feature::json_object, "supports_response_schema");
  set(Feature::images, "supports_vision");
  set(Feature::audio, "supports_audio_input");
  set(Feature::files, "supports_pdf_input");
  set(Feature::reasoning, "supports_reasoning");
  set(Feature::prefill, "supports_assistant_prefill");
  return features;
}

}  // namespace

CatalogueRows rows_of_litellm(const json::object& models) {
  CatalogueRows found;
  for (const auto& [key, value] : models) {
    const json::object* model = value.if_object();
    if (!model || key == "sample_spec") continue;
    const std::string provider = text_in(*model, "litellm_provider");
    const KnownHost* host = known_host(provider);
    std::string_view host_model = key;
    if (host_model.starts_with(provider + "/")) host_model.remove_prefix(provider.size() + 1);
    const json::object* priced = model->if_contains("input_cost_per_token") ? model : first_step(*model);
    if (!priced) {
      ++found.unpriced;
      continue;
    }
    const std::string mode = text_in(*model, "mode");
    CatalogueRow row{.provider = host ? std::string(host->name) : provider,
                     .host_model = std::string(host_model),
                     .model = common_name(host ? host->name : std::string_view(), host_model),
                     .source = std::string(litellm_source),
                     .place = key,
                     .context = whole_in(*model, "max_input_tokens"),
                     .max_output = whole_in(*model, "max_output_tokens"),
                     .prices = litellm_prices(*priced, {}),
                     .features = litellm_features(*model),
                     .is_chat = mode == "chat" || mode == "responses"};
    const bool has_tokens = has_pictures_as_tokens(provider);
    if (has_tokens) row.prices.image = {};
    if (model->contains("tiered_pricing")) {
      add_steps(*model, row);
    } else {
      add_litellm_rules(*model, row);
    }
    if (has_tokens) {
      for (config::PriceRule& rule : row.rules) rule.prices.image = {};
    }
    found.rows.push_back(std::move(row));
  }
  return found;
}

}  // namespace gateway
