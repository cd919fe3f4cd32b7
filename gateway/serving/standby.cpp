#include "gateway/serving/standby.hpp"

#include "routing/decision/likely_next.hpp"

namespace gateway {

constexpr config::Duration between_looks = std::chrono::milliseconds(100);

void keep_ready(Services& services, const Hosts& hosts, config::TimePoint now) {
  if (now < services.next_standby) return;
  services.next_standby = now + between_looks;
  const routing::Catalogue& catalogue = *hosts.generation->catalogue;
  for (const routing::EndpointIndex endpoint : routing::likely_next(services.decision)) {
    const config::ProviderSettings* provider = catalogue.endpoints()[endpoint].provider;
    const auto index = static_cast<std::size_t>(provider - catalogue.settings().providers.data());
    hosts.providers[index]->keep_ready(hosts.providers[index]);
  }
}

}  // namespace gateway
