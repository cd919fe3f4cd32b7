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
  models.erase(models.begin(),
               models.begin() + static_cast<std::ptrdiff_t>(std::min(window.offset, models.size())));
  if (models.size() <= window.limit) return false;
  const auto surplus = static_cast<std::ptrdiff_t>(models.size() - window.limit);
  if (window.before.empty()) {
    models.erase(models.end() - surplus, models.end());
  } else {
    models.erase(models.begin(), models.begin() + surplus);
  }
  return true;
}

std::vector<const PublicModel*> chosen(const Catalogue& catalogue, const config::KeySettings* key,
                                       const ModelQuery& query) {
  std::vector<const PublicModel*> models;
  for (const PublicModel& model : catalogue.models()) {
    if (may_use(key, model) && fits(query.filter, catalogue, model, query.now)) models.push_back(&model);
  }
  return models;
}

// What OpenRouter's clients ask for next, of a list that goes on.
std::string next_page(const ModelQuery& query) {
  const ModelWindow& window = query.window;
  return query.path + "?" + query.rest + (query.rest.empty() ? "" : "&") +
         "offset=" + std::to_string(window.offset + window.limit) + "&limit=" + std::to_string(window.limit);
}

}  // namespace

std::string models_page(const Catalogue& catalogue, const config::KeySettings* key, const ModelQuery& query,
                        const routing::Snapshot* snapshot) {
  std::vector<const PublicModel*> models = chosen(catalogue, key, query);
  put_in_order(models, query.order, catalogue, snapshot);
  const std::size_t total = models.size();
  const bool has_more = cut(models, query.window);
  json::array data;
  for (const PublicModel* model : models) data.push_back(model_item(catalogue, *model));
  const auto id = [](const json::value& item) { return item.at("id"); };
  json::object page{{"object", "list"}, {"has_more", has_more}};
  page["first_id"] = data.empty() ? json::value(nullptr) : id(data.front());
  page["last_id"] = data.empty() ? json::value(nullptr) : id(data.back());
  page["total_count"] = total;
  const bool is_by_id = !query.window.after.empty() || !query.window.before.empty();
  const bool has_next = has_more && !is_by_id;
  page["links"] = {{"next", has_next ? json::value(next_page(query)) : json::value(nullptr)}};
  page["data"] = std::move(data);
  return json_page(page);
}

std::string model_count_page(const Catalogue& catalogue, const config::KeySettings* key,
                             const ModelQuery& query) {
  return json_page(json::object{{"data", {{"count", chosen(catalogue, key, query).size()}}}});
}

std::optional<std::string> model_data_page(const Catalogue& catalogue, std::string_view name,
                                           const config::KeySettings* key) {
  const PublicModel* model = find_visible(catalogue, name, key);
  if (model == nullptr) return {};
  return json_page(json::object{{"data", model_item(catalogue, *model)}});
}

std::optional<std::string> model_parameters_page(const Catalogue& catalogue, std::string_view name,
                                                 std::string_view provider, const config::KeySettings* key) {
  const PublicModel* model = find_visible(catalogue, name, key);
  if (model == nullptr) return {};
  auto hosts = hosts_of(catalogue, *model);
  std::erase_if(hosts, [&](const Endpoint* host) {
    return !provider.empty() && host->provider->name.text != provider &&
           host->provider->display_name != provider;
  });
  return json_page(json::object{
      {"data",
       {{"model", model->name.text}, {"supported_parameters", supported_parameters(features_of(hosts))}}}});
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
                          {"architecture", architecture_of(hosts)},
                          {"endpoints", std::move(endpoints)}};
  return json_page(json::object{{"data", data}});
}

}  // namespace gateway
