#include "config/values/fleet.hpp"

#include <algorithm>
#include <cstddef>

namespace config {
namespace {

std::string or_name(const std::string& text, const std::string& name) {
  return text.empty() ? name : text;
}

ProviderSettings provider_of(const Fleet& fleet, const SimulatedHost& host, std::uint16_t port) {
  ProviderSettings provider;
  provider.name = host.name;
  provider.display_name = or_name(host.display_name, host.name.text);
  provider.base_url = {BaseUrl::Scheme::http, fleet.listen, port, host.path};
  provider.credential = host.key;
  if (!host.key.empty()) provider.credential_source = "key of the simulated host " + host.name.text;
  provider.jurisdiction = host.jurisdiction;
  provider.regions = host.regions;
  provider.data_policy = host.data_policy;
  provider.cancel_stops_billing = host.cancel_stops_billing;
  return provider;
}

EndpointSettings endpoint_of(const SimulatedHost& host, std::size_t provider_index) {
  EndpointSettings endpoint;
  endpoint.name = {host.name.text};
  endpoint.provider = host.name;
  endpoint.provider_index = provider_index;
  endpoint.host_model = or_name(host.host_model, host.model.text);
  endpoint.context = host.context;
  endpoint.max_output = host.max_output;
  endpoint.quantization = host.quantization;
  endpoint.prices = host.prices;
  endpoint.features = host.features;
  endpoint.tags = host.tags;
  return endpoint;
}

}  // namespace

std::uint16_t configured_port(const Fleet& fleet, std::size_t host) {
  if (const auto& own = fleet.hosts[host].port) return *own;
  return fleet.base_port == 0 ? std::uint16_t{0} : static_cast<std::uint16_t>(fleet.base_port + host);
}

Settings settings_for(const Fleet& fleet, std::span<const std::uint16_t> ports) {
  Settings settings;
  for (std::size_t i = 0; i < fleet.hosts.size(); ++i) {
    settings.providers.push_back(provider_of(fleet, fleet.hosts[i], ports[i]));
  }
  for (const SimulatedModel& model : fleet.models) {
    ModelSettings served{.name = model.name,
                         .aliases = model.aliases,
                         .display_name = or_name(model.display_name, model.name.text),
                         .description = model.description,
                         .created = model.created,
                         .endpoints = {}};
    for (std::size_t i = 0; i < fleet.hosts.size(); ++i) {
      const SimulatedHost& host = fleet.hosts[i];
      const bool has_it_also = std::ranges::find(host.also, model.name) != host.also.end();
      if (host.model != model.name && !has_it_also) continue;
      served.endpoints.push_back(endpoint_of(host, i));
      if (host.model != model.name) served.endpoints.back().host_model = model.name.text;
    }
    settings.models.push_back(std::move(served));
  }
  return settings;
}

const Prices& prices_at(const SimulatedHost& host, Seconds elapsed, MinuteOfDay wall) {
  for (const PriceWindow& window : host.price_windows) {
    if (contains(window.when, wall)) return window.prices;
  }
  const auto later =
      std::upper_bound(host.price_changes.begin(), host.price_changes.end(), elapsed,
                       [](Seconds time, const PriceChange& change) { return time < change.at; });
  return later == host.price_changes.begin() ? host.prices : std::prev(later)->prices;
}

}  // namespace config
