// OpenRouter's /models: {data: [{id, name, context_length, pricing: {prompt, completion, …}, …}]}; prices in
// dollars per token, as texts.
#include "gateway/catalogue_import/lists.hpp"
#include "gateway/catalogue_import/members.hpp"
#include "gateway/catalogue_import/names.hpp"

namespace gateway {
namespace {

namespace json = boost::json;
using config::Feature;

constexpr std::string_view source = "OpenRouter";

config::Features features_of(const json::object& model) {
  config::Features features;
  const auto set = [&](Feature feature, bool has) { features[static_cast<std::size_t>(feature)] = has; };
  const auto takes = [&](const char* name) { return has_word(model, "supported_parameters", name); };
  set(Feature::tools, takes("tools"));
  set(Feature::json_object, takes("response_format"));
  set(Feature::json_schema, takes("structured_outputs"));
  set(Feature::reasoning, takes("reasoning"));
  set(Feature::logprobs, takes("logprobs"));
  if (const json::object* architecture = object_in(model, "architecture")) {
    set(Feature::images, has_word(*architecture, "input_modalities", "image"));
    set(Feature::audio, has_word(*architecture, "input_modalities", "audio"));
    set(Feature::files, has_word(*architecture, "input_modalities", "file"));
  }
  return features;
}

}  // namespace

CatalogueRows rows_of_openrouter(const json::array& models) {
  CatalogueRows found;
  for (const json::value& value : models) {
    const json::object* model = value.if_object();
    const json::object* pricing = model ? object_in(*model, "pricing") : nullptr;
    const std::string id = model ? text_in(*model, "id") : std::string();
    if (!pricing || id.empty()) continue;
    const auto input = price_per_token_in(*pricing, "prompt"),
               output = price_per_token_in(*pricing, "completion");
    // -1 stands for "it depends": routers among models.
    if (!input || !output || input->price.nanos < 0) {
      ++found.unpriced;
      continue;
    }
    CatalogueRow row{.provider = "openrouter",
                     .host_model = id,
                     .model = common_name(id),
                     .display_name = title_in(*model, "name"),
                     .source = std::string(source),
                     .place = id,
                     .context = whole_in(*model, "context_length"),
                     .features = features_of(*model)};
    row.prices.input = *input;
    row.prices.output = *output;
    row.prices.cache_read = price_per_token_in(*pricing, "input_cache_read");
    row.prices.cache_write = price_per_token_in(*pricing, "input_cache_write");
    if (const json::object* top = object_in(*model, "top_provider")) {
      row.max_output = whole_in(*top, "max_completion_tokens");
    }
    const json::object* architecture = object_in(*model, "architecture");
    row.is_chat = !architecture || has_word(*architecture, "output_modalities", "text");
    found.rows.push_back(std::move(row));
  }
  return found;
}

}  // namespace gateway
