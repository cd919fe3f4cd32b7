// OpenRouter's /models: {data: [{id, name, context_length, pricing: {prompt, completion, …}, …}]}; prices in
// dollars per token, as texts. And its /models/AUTHOR/NAME/endpoints, what the hosts behind it say of one
// model: {data: {id, name, architecture, endpoints: [{tag, context_length, quantization, pricing, …}]}}.
#include <algorithm>
#include <optional>
#include <utility>

#include "gateway/catalogue_import/lists.hpp"
#include "gateway/catalogue_import/members.hpp"
#include "gateway/catalogue_import/names.hpp"

namespace gateway {
namespace {

namespace json = boost::json;
using config::Feature;

constexpr std::string_view openrouter_source = "OpenRouter";

config::Features openrouter_features(const json::object& model, const json::object* architecture) {
  config::Features features;
  const auto set = [&](Feature feature, bool has) { features[static_cast<std::size_t>(feature)] = has; };
  const auto takes = [&](const char* name) { return has_word(model, "supported_parameters", name); };
  set(Feature::tools, takes("tools"));
  set(Feature::json_object, takes("response_format"));
  set(Feature::json_schema, takes("structured_outputs"));
  set(Feature::reasoning, takes("reasoning"));
  set(Feature::logprobs, takes("logprobs"));
  if (architecture) {
    set(Feature::images, has_word(*architecture, "input_modalities", "image"));
    set(Feature::audio, has_word(*architecture, "input_modalities", "audio"));
    set(Feature::files, has_word(*architecture, "input_modalities", "file"));
  }
  return features;
}

config::Prices openrouter_prices(const json::object& pricing, config::Prices usual = {}) {
  const auto price = [&](const char* name) { return price_per_token_in(pricing, name); };
  usual.input = price("prompt").value_or(usual.input);
  usual.output = price("completion").value_or(usual.output);
  take(price("input_cache_read"), usual.cache_read);
  take(price("input_cache_write"), usual.cache_write);
  take(price("input_cache_write_1h"), usual.cache_write_1h);
  take_other(price("audio"), usual.input, usual.audio_input);
  take_other(price("input_audio_cache"), usual.cache_read.value_or(usual.input), usual.audio_cache_read);
  take_other(price("image_token"), usual.input, usual.image_input);
  take_other(price("audio_output"), usual.output, usual.audio_output);
  take_other(price("image_output"), usual.output, usual.image_output);
  take_other(price("internal_reasoning"), usual.output, usual.reasoning);
  usual.request = price_each_in(pricing, "request").value_or(usual.request);
  usual.search = price_each_in(pricing, "web_search").value_or(usual.search);
  usual.image = price_each_in(pricing, "image").value_or(usual.image);
  return usual;
}

// {min_prompt_tokens?, utc_start?, utc_end?} and prices; hours as 1630. The last that holds counts.
void add_openrouter_rules(const json::object& pricing, CatalogueRow& row) {
  const json::array* overrides = array_in(pricing, "overrides");
  if (!overrides) return;
  for (std::size_t i = overrides->size(); i-- > 0;) {
    const json::object* one = (*overrides)[i].if_object();
    if (!one) continue;
    config::PriceRule rule{{}, openrouter_prices(*one, row.prices)};
    if (const std::int64_t above = whole_in(*one, "min_prompt_tokens"); above > 0) {
      rule.when.prompt_above = config::Tokens{above};
    }
    if (one->contains("utc_start") && one->contains("utc_end")) {
      const auto minute = [&](const char* name) {
        const auto number = static_cast<int>(whole_in(*one, name) % 10'000);
        return config::MinuteOfDay{number / 100 * 60 + number % 100};
      };
      rule.when.hours = config::DailyWindow{minute("utc_start"), minute("utc_end")};
    }
    if (rule.when.any()) row.rules.push_back(std::move(rule));
  }
}

// "fp8"; nothing where it is none that a configuration can say, or is not known.
std::string openrouter_quantization(const json::object& endpoint) {
  std::string word = text_in(endpoint, "quantization");
  const bool is_known = word != "unknown" && std::ranges::find(config::quantization_names, word) !=
                                                 config::quantization_names.end();
  return is_known ? word : std::string();
}

// Those of a tier ("openai/priority") cost what that tier does, which lists of hosts have as rules.
bool is_of_tier(std::string_view tag) {
  const std::string_view behind = tag.substr(std::min(tag.find('/') + 1, tag.size()));
  return tag.find('/') != std::string_view::npos &&
         std::ranges::find(config::service_tier_names, behind) != config::service_tier_names.end();
}

// Of a whole model, or of one of its endpoints, without the names of its host; none where it has no price by
// the token: -1 stands for "it depends", as routers among models have it. `pricing.discount` is not read:
// hosts themselves do not give it, and at OpenRouter a price without it is at most too dear.
std::optional<CatalogueRow> openrouter_row(const json::object& model, const json::object& offer,
                                           const json::object& pricing) {
  const auto input = price_per_token_in(pricing, "prompt"),
             output = price_per_token_in(pricing, "completion");
  if (!input || !output || input->price.nanos < 0) return std::nullopt;
  const std::string id = text_in(model, "id");
  const json::object* architecture = object_in(model, "architecture");
  CatalogueRow row{.model = common_name("openrouter", id),
                   .display_name = title_in(model, "name"),
                   .source = std::string(openrouter_source),
                   .place = id,
                   .context = whole_in(offer, "context_length"),
                   .features = openrouter_features(offer, architecture)};
  row.prices = openrouter_prices(pricing);
  if (has_pictures_as_tokens(id.substr(0, id.find('/')))) row.prices.image = {};
  add_openrouter_rules(pricing, row);
  row.is_chat = !architecture || has_word(*architecture, "output_modalities", "text");
  return row;
}

}  // namespace

CatalogueRows rows_of_openrouter_endpoints(const json::object& model) {
  CatalogueRows found;
  for (const json::value& value : elements_in(model, "endpoints")) {
    const json::object* endpoint = value.if_object();
    const json::object* pricing = endpoint ? object_in(*endpoint, "pricing") : nullptr;
    const std::string tag = endpoint ? text_in(*endpoint, "tag") : std::string();
    if (!pricing || tag.empty() || is_of_tier(tag)) continue;
    std::optional<CatalogueRow> row = openrouter_row(model, *endpoint, *pricing);
    if (!row) {
      ++found.unpriced;
      continue;
    }
    // What the host itself calls the model is not said.
    const std::string host = tag.substr(0, tag.find('/'));
    const KnownHost* known = known_host(host);
    row->provider = known ? std::string(known->name) : host;
    row->place += " at " + tag;
    row->max_output = whole_in(*endpoint, "max_completion_tokens");
    row->quantization = openrouter_quantization(*endpoint);
    found.rows.push_back(std::move(*row));
  }
  return found;
}

CatalogueRows rows_of_openrouter(const json::array& models) {
  CatalogueRows found;
  for (const json::value& value : models) {
    const json::object* model = value.if_object();
    const json::object* pricing = model ? object_in(*model, "pricing") : nullptr;
    const std::string id = model ? text_in(*model, "id") : std::string();
    if (!pricing || id.empty()) continue;
    std::optional<CatalogueRow> row = openrouter_row(*model, *model, *pricing);
    if (!row) {
      ++found.unpriced;
      continue;
    }
    row->provider = "openrouter";
    row->host_model = id;
    if (const json::object* top = object_in(*model, "top_provider")) {
      row->max_output = whole_in(*top, "max_completion_tokens");
    }
    found.rows.push_back(std::move(*row));
  }
  return found;
}

}  // namespace gateway
