#include "gateway/pages/gemini_models_page.hpp"

#include <algorithm>
#include <boost/json.hpp>

#include "gateway/generation/key_ring.hpp"
#include "gateway/text/json_page.hpp"

namespace gateway {
namespace {

namespace json = boost::json;
using routing::Catalogue;
using routing::PublicModel;

// The host with the most room stands for the model.
json::object item_of(const Catalogue& catalogue, const PublicModel& model) {
  json::object item{{"name", "models/" + model.name.text},
                    {"baseModelId", model.name.text},
                    {"version", "1"},
                    {"displayName", model.name.text},
                    {"description", ""}};
  const config::EndpointSettings* roomiest = nullptr;
  bool answers = false, embeds = false;
  for (const routing::Candidate& each : model.candidates) {
    const config::EndpointSettings& settings = *catalogue.endpoints()[each.endpoint].settings;
    const config::Formats others =
        config::Formats(config::Format::embeddings).add(config::Format::completions);
    embeds |= settings.speaks.has(config::Format::embeddings);
    for (std::size_t i = 0; i < config::format_count; ++i) {
      const auto format = static_cast<config::Format>(i);
      answers |= settings.speaks.has(format) && !others.has(format);
    }
    if (!roomiest || settings.context > roomiest->context) roomiest = &settings;
  }
  if (roomiest) {
    item["inputTokenLimit"] = roomiest->context.count;
    item["outputTokenLimit"] = roomiest->max_output ? roomiest->max_output->count : roomiest->context.count;
  }
  json::array methods;
  if (answers) methods = {"generateContent", "streamGenerateContent", "countTokens"};
  if (embeds) methods.insert(methods.end(), {"embedContent", "batchEmbedContents"});
  item["supportedGenerationMethods"] = std::move(methods);
  return item;
}

}  // namespace

std::string gemini_models_page(const Catalogue& catalogue, const config::KeySettings* key) {
  json::array models;
  for (const PublicModel& model : catalogue.models()) {
    if (may_use(key, model)) models.push_back(item_of(catalogue, model));
  }
  return json_page(json::object{{"models", std::move(models)}});
}

std::optional<std::string> gemini_model_page(const Catalogue& catalogue, std::string_view name,
                                             const config::KeySettings* key) {
  const PublicModel* model = catalogue.find(name);
  if (!model || !may_use(key, *model)) return std::nullopt;
  return json_page(item_of(catalogue, *model));
}

}  // namespace gateway
