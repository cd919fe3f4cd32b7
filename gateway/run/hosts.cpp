#include "gateway/run/hosts.hpp"

#include <algorithm>

#include "providers/host/http_provider.hpp"

namespace gateway {
namespace {

// A provider and the settings it reads, which must not keep a whole generation.
struct Reached {
  Reached(const config::ProviderSettings& as_set, boost::asio::io_context& io, providers::Timer& timer,
          providers::Resolver& resolver, std::shared_ptr<providers::Access> access)
      : settings(as_set), provider(settings, io, timer, resolver, std::move(access)) {}

  const config::ProviderSettings settings;
  providers::HttpProvider provider;
};

// The provider that goes on; null where none does.
std::shared_ptr<providers::Provider> unchanged(const config::ProviderSettings& settings,
                                               const Hosts* before) {
  if (!before || settings.ca_file || settings.access.tls) return {};
  const auto& known = before->generation->catalogue->settings().providers;
  const auto same = std::ranges::find(known, settings);
  return same == known.end() ? nullptr : before->providers[static_cast<std::size_t>(same - known.begin())];
}

}  // namespace

std::shared_ptr<const Hosts> hosts_of(std::shared_ptr<const Generation> generation, const Hosts* before,
                                      boost::asio::io_context& io, providers::Timer& timer,
                                      providers::Resolver& resolver) {
  auto hosts = std::make_shared<Hosts>();
  for (const config::ProviderSettings& settings : generation->catalogue->settings().providers) {
    const auto& access = generation->accesses[hosts->providers.size()];
    std::shared_ptr<providers::Provider> provider = unchanged(settings, before);
    if (!provider) {
      const auto reached = std::make_shared<Reached>(settings, io, timer, resolver, access);
      provider = {reached, &reached->provider};
    }
    hosts->providers.push_back(std::move(provider));
  }
  hosts->generation = std::move(generation);
  return hosts;
}

void adopt(DecidingServices& services, std::shared_ptr<const Hosts> hosts,
           std::shared_ptr<const routing::Snapshot> snapshot) {
  if (services.hosts) services.hosts->last_snapshot = services.snapshot;
  const routing::Catalogue& catalogue = *hosts->generation->catalogue;
  services.counted = catalogue.settings().records.file.empty()
                         ? nullptr
                         : std::make_unique<routing::InFlight>(catalogue.endpoints().size());
  services.hosts = std::move(hosts);
  services.snapshot = std::move(snapshot);
}

}  // namespace gateway
