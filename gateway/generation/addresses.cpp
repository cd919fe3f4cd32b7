#include "gateway/generation/addresses.hpp"

#include <algorithm>
#include <chrono>
#include <utility>

namespace gateway {
namespace {

// Where each provider of the configuration stands now: the first of those it became, and how many these are.
struct Places {
  std::size_t first = 0;
  std::size_t count = 1;
};

std::vector<Places> spread_providers(const config::Settings& said, const Addresses& known,
                                     std::vector<config::ProviderSettings>& providers) {
  std::vector<Places> places;
  for (const config::ProviderSettings& provider : said.providers) {
    const auto found = provider.discovery ? known.find(provider.base_url.host) : known.end();
    if (found == known.end() || found->second.empty()) {
      places.push_back({.first = providers.size(), .count = 1});
      providers.push_back(provider);
      continue;
    }
    places.push_back({.first = providers.size(), .count = found->second.size()});
    for (const std::string& address : found->second) {
      providers.push_back(provider);
      providers.back().address = address;
    }
  }
  return places;
}

// "gpu/10.0.0.7", or "gpu/fp8@10.0.0.7".
void name_by_address(config::EndpointSettings& endpoint, const std::string& address) {
  endpoint.variant = endpoint.variant.empty() ? address : endpoint.variant + "@" + address;
  endpoint.name.text = endpoint.provider.text + "/" + endpoint.variant;
}

}  // namespace

std::map<std::string, std::chrono::milliseconds> names_to_find(const config::Settings& said) {
  std::map<std::string, std::chrono::milliseconds> names;
  for (const config::ProviderSettings& provider : said.providers) {
    if (!provider.discovery) continue;
    const auto [at, is_new] = names.emplace(provider.base_url.host, provider.discovery->interval);
    if (!is_new) at->second = std::min(at->second, provider.discovery->interval);
  }
  return names;
}

config::Settings at_each_address(const config::Settings& said, const Addresses& known) {
  config::Settings settings = said;
  if (known.empty()) return settings;
  settings.providers.clear();
  const std::vector<Places> places = spread_providers(said, known, settings.providers);
  for (config::ModelSettings& model : settings.models) {
    std::vector<config::EndpointSettings> endpoints;
    for (const config::EndpointSettings& endpoint : model.endpoints) {
      const Places& all = places[endpoint.provider_index];
      for (std::size_t i = all.first; i < all.first + all.count; ++i) {
        endpoints.push_back(endpoint);
        endpoints.back().provider_index = i;
        const std::string& address = settings.providers[i].address;
        if (!address.empty()) name_by_address(endpoints.back(), address);
      }
    }
    model.endpoints = std::move(endpoints);
  }
  return settings;
}

}  // namespace gateway
