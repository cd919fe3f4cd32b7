#include "gateway/pages/model_item.hpp"

#include <algorithm>

#include "gateway/pages/endpoint_item.hpp"
#include "gateway/text/price_text.hpp"
#include "gateway/text/wall_text.hpp"

namespace gateway {

namespace json = boost::json;
using routing::Catalogue;
using routing::Endpoint;
using routing::PublicModel;

namespace {

std::int64_t created(const PublicModel& model) {
  return model.model == nullptr ? 0 : model.model->created;
}

std::string created_text(const PublicModel& model) {
  const WallText text{config::WallTime(std::chrono::seconds(created(model)))};
  return std::string(text.view().substr(0, text.view().size() - 5)) + "Z";  // whole seconds
}

json::value tokens_or_null(const std::optional<config::Tokens>& tokens) {
  return tokens ? json::value(tokens->count) : json::value(nullptr);
}

// The host with the most room stands for the model, so that no client believes in less context than there is.
void add_sizes(const std::vector<const Endpoint*>& hosts, json::object& item) {
  const auto less = [](const Endpoint* a, const Endpoint* b) {
    return a->settings->context < b->settings->context;
  };
  const auto roomiest = std::max_element(hosts.begin(), hosts.end(), less);
  if (roomiest == hosts.end()) {
    item["context_length"] = nullptr;
    item["max_input_tokens"] = nullptr;
    item["max_tokens"] = nullptr;
    item["top_provider"] = {
        {"context_length", nullptr}, {"max_completion_tokens", nullptr}, {"is_moderated", false}};
    return;
  }
  const config::EndpointSettings& settings = *(*roomiest)->settings;
  item["context_length"] = settings.context.count;
  item["max_input_tokens"] = settings.context.count;
  item["max_tokens"] = tokens_or_null(settings.max_output);
  item["top_provider"] = {{"context_length", settings.context.count},
                          {"max_completion_tokens", tokens_or_null(settings.max_output)},
                          {"is_moderated", false}};
}

json::object pricing_of(const std::vector<const Endpoint*>& hosts) {
  const Endpoint* cheapest = cheapest_of(hosts);
  return cheapest ? pricing_object(cheapest->settings->prices)
                  : json::object{{"prompt", "0"}, {"completion", "0"}};
}

json::array aliases_of(const PublicModel& model) {
  json::array names;
  if (model.model == nullptr) return names;
  for (const config::ModelName& alias : model.model->aliases) names.emplace_back(alias.text);
  return names;
}

}  // namespace

std::string_view author(const PublicModel& model) {
  const std::string_view name = model.name.text;
  const std::size_t slash = name.find('/');
  return slash == std::string_view::npos ? std::string_view("isocost") : name.substr(0, slash);
}

const Endpoint* cheapest_of(const std::vector<const Endpoint*>& hosts) {
  const auto blend = [](const Endpoint* e) { return 3 * e->dollars_per_input + e->dollars_per_output; };
  const auto cheapest = std::ranges::min_element(hosts, {}, blend);
  return cheapest == hosts.end() ? nullptr : *cheapest;
}

json::object architecture_of(const std::vector<const Endpoint*>& hosts) {
  json::object architecture = architecture_object(features_of(hosts));
  const auto embeds = [](const Endpoint* host) {
    return host->settings->speaks == config::Format::embeddings;
  };
  if (hosts.empty() || !std::ranges::all_of(hosts, embeds)) return architecture;
  architecture["output_modalities"] = json::array{"embeddings"};
  architecture["modality"] = "text->embeddings";
  return architecture;
}

std::vector<const Endpoint*> hosts_of(const Catalogue& catalogue, const PublicModel& model) {
  std::vector<const Endpoint*> hosts;
  for (const routing::Candidate& candidate : model.candidates) {
    hosts.push_back(&catalogue.endpoints()[candidate.endpoint]);
  }
  return hosts;
}

std::string_view display_name(const PublicModel& model) {
  const bool named = model.model != nullptr && !model.model->display_name.empty();
  return named ? model.model->display_name : model.name.text;
}

config::Features features_of(const std::vector<const Endpoint*>& hosts) {
  config::Features all;
  for (const Endpoint* host : hosts) all |= host->settings->features;
  return all;
}

json::object model_item(const Catalogue& catalogue, const PublicModel& model) {
  const auto hosts = hosts_of(catalogue, model);
  const config::Features features = features_of(hosts);
  json::object item{{"id", model.name.text},
                    {"object", "model"},
                    {"type", "model"},
                    {"created", created(model)},
                    {"created_at", created_text(model)},
                    {"owned_by", author(model)},
                    {"display_name", display_name(model)},
                    {"name", display_name(model)},
                    {"canonical_slug", model.name.text},
                    {"description", model.model == nullptr ? "" : model.model->description}};
  add_sizes(hosts, item);
  item["architecture"] = architecture_of(hosts);
  item["pricing"] = pricing_of(hosts);
  item["per_request_limits"] = nullptr;
  item["supported_parameters"] = supported_parameters(features);
  item["default_parameters"] = json::object();
  item["supported_voices"] = nullptr;
  item["lifecycle"] = "active";
  item["deprecated_at"] = nullptr;
  item["retires_at"] = nullptr;
  item["line"] = nullptr;
  item["capabilities"] = nullptr;
  item["links"] = {{"details", "/api/v1/models/" + model.name.text + "/endpoints"}};
  item["aliases"] = aliases_of(model);
  item["hosts"] = hosts.size();
  return item;
}

}  // namespace gateway
