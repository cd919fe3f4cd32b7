#include "gateway/pages/provider_pages.hpp"

#include <algorithm>
#include <boost/json.hpp>

#include "gateway/generation/key_ring.hpp"
#include "gateway/pages/endpoint_item.hpp"
#include "gateway/text/json_page.hpp"

namespace gateway {

namespace json = boost::json;
using routing::Catalogue;
using routing::Endpoint;

namespace {

// By its index, whether a model that the key may use has it among its hosts.
std::vector<bool> visible_endpoints(const Catalogue& catalogue, const config::KeySettings* key) {
  std::vector<bool> visible(catalogue.endpoints().size());
  for (const routing::PublicModel& model : catalogue.models()) {
    if (!may_use(key, model)) continue;
    for (const routing::Candidate& candidate : model.candidates) visible[candidate.endpoint] = true;
  }
  return visible;
}

json::object provider_item(const config::ProviderSettings& provider) {
  json::array datacenters;
  for (const std::string& region : provider.regions) datacenters.emplace_back(region);
  return {
      {"name", provider.display_name.empty() ? provider.name.text : provider.display_name},
      {"slug", provider.name.text},
      {"privacy_policy_url", nullptr},
      {"terms_of_service_url", nullptr},
      {"status_page_url", nullptr},
      {"headquarters", provider.jurisdiction ? json::value(*provider.jurisdiction) : json::value(nullptr)},
      {"datacenters", datacenters.empty() ? json::value(nullptr) : json::value(datacenters)}};
}

}  // namespace

std::string providers_page(const Catalogue& catalogue, const config::KeySettings* key) {
  const std::vector<bool> visible = visible_endpoints(catalogue, key);
  json::array data;
  const auto& providers = catalogue.settings().providers;
  for (std::size_t i = 0; i < providers.size(); ++i) {
    const auto is_visible = [&](routing::EndpointIndex index) { return visible[index]; };
    // Of one with several addresses, once.
    const bool is_told = i > 0 && providers[i].name == providers[i - 1].name;
    if (!is_told && std::ranges::any_of(catalogue.endpoints_of(i), is_visible)) {
      data.push_back(provider_item(providers[i]));
    }
  }
  return json_page(json::object{{"data", std::move(data)}});
}

std::string zero_retention_page(const Catalogue& catalogue, const routing::Snapshot& snapshot,
                                const config::KeySettings* key) {
  const std::vector<bool> visible = visible_endpoints(catalogue, key);
  json::array data;
  for (const Endpoint& endpoint : catalogue.endpoints()) {
    const bool keeps_nothing = endpoint.provider->data_policy.zero_data_retention.value_or(false);
    if (keeps_nothing && visible[endpoint.index]) data.push_back(endpoint_item(endpoint, snapshot));
  }
  return json_page(json::object{{"data", std::move(data)}});
}

}  // namespace gateway
