#include "gateway/pages/models_page.hpp"

#include <boost/json.hpp>

#include "gateway/generation/key_ring.hpp"
#include "gateway/pages/endpoint_item.hpp"
#include "gateway/pages/model_item.hpp"
#include "gateway/text/json_page.hpp"

namespace gateway {

namespace json = boost::json;
using routing::Catalogue;
using routing::Endpoint;
using routing::PublicModel;

namespace {

const PublicModel* find_visible(const Catalogue& catalogue, std::string_view name,
                                const config::KeySettings* key) {
  const PublicModel* model = catalogue.find(name);
  return model != nullptr && may_use(key, *model) ? model : nullptr;
}

}  // namespace

std::string models_page(const Catalogue& catalogue, const config::KeySettings* key) {
  json::array data;
  for (const PublicModel& model : catalogue.models()) {
    if (may_use(key, model)) data.push_back(model_item(catalogue, model));
  }
  const auto id = [](const json::value& item) { return item.at("id"); };
  json::object page{{"object", "list"}, {"has_more", false}};
  page["first_id"] = data.empty() ? json::value(nullptr) : id(data.front());
  page["last_id"] = data.empty() ? json::value(nullptr) : id(data.back());
  page["total_count"] = data.size();
  page["data"] = std::move(data);
  return json_page(page);
}

std::optional<std::string> model_page(const Catalogue& catalogue, std::string_view name,
                                      const config::KeySettings* key) {
  const PublicModel* model = find_visible(catalogue, name, key);
  if (model == nullptr) return {};
  return json_page(model_item(catalogue, *model));
}

std::optional<std::string> model_endpoints_page(const Catalogue& catalogue, const routing::Snapshot& snapshot,
                                                std::string_view name, const config::KeySettings* key) {
  const PublicModel* model = find_visible(catalogue, name, key);
  if (model == nullptr) return {};
  const auto hosts = hosts_of(catalogue, *model);
  json::array endpoints;
  for (const Endpoint* host : hosts) {
    endpoints.push_back(endpoint_item(*host, snapshot));
  }
  const json::object data{{"id", model->name.text},
                          {"name", display_name(*model)},
                          {"created", model->model == nullptr ? 0 : model->model->created},
                          {"description", model->model == nullptr ? "" : model->model->description},
                          {"architecture", architecture_object(features_of(hosts))},
                          {"endpoints", std::move(endpoints)}};
  return json_page(json::object{{"data", data}});
}

}  // namespace gateway
