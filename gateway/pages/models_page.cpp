#include "gateway/pages/models_page.hpp"

#include <algorithm>

#include <boost/json.hpp>
#include <vector>

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

// Whether there are more in the direction in which the list is read.
bool cut(std::vector<const PublicModel*>& models, const ModelWindow& window) {
  const auto at = [&](const std::string& id) {
    return std::ranges::find_if(models, [&](const PublicModel* model) { return model->name.text == id; });
  };
  if (!window.after.empty()) {
    const auto found = at(window.after);
    if (found != models.end()) models.erase(models.begin(), found + 1);
  }
  if (!window.before.empty()) models.erase(at(window.before), models.end());
  if (models.size() <= window.limit) return false;
  const auto surplus = static_cast<std::ptrdiff_t>(models.size() - window.limit);
  if (window.before.empty()) {
    models.erase(models.end() - surplus, models.end());
  } else {
    models.erase(models.begin(), models.begin() + surplus);
  }
  return true;
}

}  // namespace

std::string models_page(const Catalogue& catalogue, const config::KeySettings* key,
                        const ModelWindow& window) {
  std::vector<const PublicModel*> models;
  for (const PublicModel& model : catalogue.models()) {
    if (may_use(key, model)) models.push_back(&model);
  }
  const std::size_t total = models.size();
  const bool has_more = cut(models, window);
  json::array data;
  for (const PublicModel* model : models) data.push_back(model_item(catalogue, *model));
  const auto id = [](const json::value& item) { return item.at("id"); };
  json::object page{{"object", "list"}, {"has_more", has_more}};
  page["first_id"] = data.empty() ? json::value(nullptr) : id(data.front());
  page["last_id"] = data.empty() ? json::value(nullptr) : id(data.back());
  page["total_count"] = total;
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
