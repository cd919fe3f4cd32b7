// LiteLLM's price map: {"provider/model": {litellm_provider, mode, input_cost_per_token, …}}; prices in
// dollars per token.
#include <charconv>

#include "gateway/catalogue_import/lists.hpp"
#include "gateway/catalogue_import/members.hpp"
#include "gateway/catalogue_import/names.hpp"

namespace gateway {
namespace {

namespace json = boost::json;
using config::Feature;

constexpr std::string_view source = "LiteLLM";

config::Prices prices_of(const json::object& model, const std::string& suffix) {
  const auto price = [&](const char* name) { return price_per_token_in(model, name + suffix); };
  config::Prices prices;
  prices.input = price("input_cost_per_token").value_or(config::PricePerMillionTokens{});
  prices.output = price("output_cost_per_token").value_or(config::PricePerMillionTokens{});
  prices.cache_read = price("cache_read_input_token_cost");
  prices.cache_write = price("cache_creation_input_token_cost");
  if (suffix.empty()) prices.cache_write_1h = price("cache_creation_input_token_cost_above_1hr");
  return prices;
}

// "input_cost_per_token_above_200k_tokens": 200,000. Other suffixes are tariffs that nobody asked for here.
std::optional<std::int64_t> beyond(std::string_view name) {
  constexpr std::string_view begin = "input_cost_per_token_above_", end = "k_tokens";
  if (!name.starts_with(begin) || !name.ends_with(end)) return std::nullopt;
  name.remove_prefix(begin.size());
  name.remove_suffix(end.size());
  std::int64_t thousands = 0;
  const auto [last, error] = std::from_chars(name.data(), name.data() + name.size(), thousands);
  if (error != std::errc() || last != name.data() + name.size()) return std::nullopt;
  return thousands * 1000;
}

config::Features features_of(const json::object& model) {
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
    if (!model->if_contains("input_cost_per_token")) {
      ++found.unpriced;
      continue;
    }
    const std::string mode = text_in(*model, "mode");
    CatalogueRow row{.provider = host ? std::string(host->name) : provider,
                     .host_model = std::string(host_model),
                     .model = common_name(host_model),
                     .source = std::string(source),
                     .place = key,
                     .context = whole_in(*model, "max_input_tokens"),
                     .max_output = whole_in(*model, "max_output_tokens"),
                     .prices = prices_of(*model, {}),
                     .features = features_of(*model),
                     .is_chat = mode == "chat" || mode == "responses"};
    for (const auto& [name, unused] : *model) {
      if (const auto tokens = beyond(name)) {
        const std::string suffix = "_above_" + std::to_string(*tokens / 1000) + "k_tokens";
        row.long_prompts.push_back({.beyond = *tokens, .prices = prices_of(*model, suffix)});
      }
    }
    found.rows.push_back(std::move(row));
  }
  return found;
}

}  // namespace gateway
