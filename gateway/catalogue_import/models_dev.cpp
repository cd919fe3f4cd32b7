// models.dev's api.json: {provider: {id, api, models: {id: {name, cost, limit, modalities, …}}}}; prices in
// dollars per million tokens.
#include "gateway/catalogue_import/lists.hpp"
#include "gateway/catalogue_import/members.hpp"
#include "gateway/catalogue_import/names.hpp"

namespace gateway {
namespace {

namespace json = boost::json;
using config::Feature;

constexpr std::string_view models_dev_source = "models.dev";

// What is not said is as in `usual`.
config::Prices models_dev_prices(const json::object& cost, config::Prices usual = {}) {
  const auto price = [&](const char* name) { return price_per_million_in(cost, name); };
  usual.input = price("input").value_or(usual.input);
  usual.output = price("output").value_or(usual.output);
  take(price("cache_read"), usual.cache_read);
  take(price("cache_write"), usual.cache_write);
  take_other(price("input_audio"), usual.input, usual.audio_input);
  take_other(price("output_audio"), usual.output, usual.audio_output);
  take_other(price("reasoning"), usual.output, usual.reasoning);
  return usual;
}

config::Features models_dev_features(const json::object& model) {
  config::Features features;
  const auto set = [&](Feature feature, bool has) { features[static_cast<std::size_t>(feature)] = has; };
  const json::object* modalities = object_in(model, "modalities");
  set(Feature::tools, is_true_in(model, "tool_call"));
  set(Feature::json_schema, is_true_in(model, "structured_output"));
  set(Feature::json_object, is_true_in(model, "structured_output"));
  set(Feature::reasoning, is_true_in(model, "reasoning"));
  if (modalities) {
    set(Feature::images, has_word(*modalities, "input", "image"));
    set(Feature::audio, has_word(*modalities, "input", "audio"));
    set(Feature::files, has_word(*modalities, "input", "pdf"));
  }
  return features;
}

void add_models_dev_rules(const json::object& cost, CatalogueRow& row) {
  const auto add = [&](std::int64_t above, const json::object& prices) {
    if (above > 0)
      row.rules.push_back({{.prompt_above = config::Tokens{above}}, models_dev_prices(prices, row.prices)});
  };
  for (const json::value& each : elements_in(cost, "tiers")) {
    const json::object* tier = each.if_object();
    const json::object* when = tier ? object_in(*tier, "tier") : nullptr;
    if (when && text_in(*when, "type") == "context") add(whole_in(*when, "size"), *tier);
  }
  const json::object* longer = object_in(cost, "context_over_200k");
  if (row.rules.empty() && longer) add(200'000, *longer);
  longest_first(row.rules);
}

}  // namespace

CatalogueRows rows_of_models_dev(const json::object& providers) {
  CatalogueRows found;
  for (const auto& [id, value] : providers) {
    const json::object* provider = value.if_object();
    const json::object* models = provider ? object_in(*provider, "models") : nullptr;
    if (!models) continue;
    const KnownHost* host = known_host(id);
    for (const auto& [host_model, described] : *models) {
      const json::object* model = described.if_object();
      const json::object* cost = model ? object_in(*model, "cost") : nullptr;
      const std::string place = std::string(id) + ".models." + std::string(host_model);
      if (!cost) {
        ++found.unpriced;
        continue;
      }
      CatalogueRow row{.provider = host ? std::string(host->name) : std::string(id),
                       .host_model = host_model,
                       .model = common_name(host ? host->name : std::string_view(), host_model),
                       .display_name = title_in(*model, "name"),
                       .source = std::string(models_dev_source),
                       .place = place,
                       .date = text_in(*model, "last_updated"),
                       .base_url = text_in(*provider, "api"),
                       .prices = models_dev_prices(*cost),
                       .features = models_dev_features(*model),
                       .is_deprecated = text_in(*model, "status") == "deprecated"};
      if (const json::object* limit = object_in(*model, "limit")) {
        row.context = whole_in(*limit, "context");
        row.max_output = whole_in(*limit, "output");
      }
      const json::object* modalities = object_in(*model, "modalities");
      row.is_chat =
          !modalities || (has_word(*modalities, "input", "text") && has_word(*modalities, "output", "text"));
      add_models_dev_rules(*cost, row);
      found.rows.push_back(std::move(row));
    }
  }
  return found;
}

}  // namespace gateway
