// One configuration, ready to serve. Immutable but for the counts of attempts under way and of requests that
// wait for room; shared by all threads. A request keeps the generation it began with.
#pragma once

#include <atomic>
#include <memory>
#include <vector>

#include "gateway/generation/key_ring.hpp"
#include "gateway/generation/listener_tls.hpp"
#include "gateway/generation/seal.hpp"
#include "providers/host/access.hpp"
#include "routing/policy/policy_set.hpp"
#include "routing/terms/catalogue.hpp"
#include "routing/terms/in_flight.hpp"

namespace gateway {

struct Generation {
  // `set` is of the catalogue's own settings.
  Generation(std::shared_ptr<const routing::Catalogue> all, routing::PolicySet set)
      : Generation(all, std::move(set), routing::InFlight(all->endpoints().size()), nullptr) {}
  // Of settings whose policies are known to be good.
  explicit Generation(std::shared_ptr<const routing::Catalogue> all)
      : Generation(all, compiled(all->settings())) {}
  // The same, after `before`, whose attempts under way stay counted.
  Generation(std::shared_ptr<const routing::Catalogue> all, const Generation& before)
      : Generation(all, compiled(all->settings()),
                   routing::InFlight(*all, *before.catalogue, before.in_flight), before.tls) {}

  std::shared_ptr<const routing::Catalogue> catalogue;
  KeyRing keys;
  std::shared_ptr<const Seal> seal;           // null where nothing is sealed
  std::shared_ptr<providers::TlsServer> tls;  // towards clients; null: none
  routing::PolicySet policies;
  std::vector<std::string> headers;  // of requests, those that policies read, in lower case
  mutable routing::InFlight in_flight;
  mutable std::vector<std::atomic<int>> waiting;  // for each provider, in all loops' waiting lines
  // For each provider: how it is told who asks, where that changes; else null. Shared by all loops.
  std::vector<std::shared_ptr<providers::Access>> accesses;

 private:
  Generation(std::shared_ptr<const routing::Catalogue> all, routing::PolicySet set, routing::InFlight counts,
             const std::shared_ptr<providers::TlsServer>& tls_before)
      : catalogue(std::move(all)),
        keys(catalogue->settings()),
        seal(catalogue->settings().seal_key.empty()
                 ? nullptr
                 : std::make_shared<const Seal>(catalogue->settings().seal_key)),
        tls(listener_tls(catalogue->settings(), tls_before)),
        policies(std::move(set)),
        headers(policies.headers()),
        in_flight(std::move(counts)),
        waiting(catalogue->settings().providers.size()) {
    for (const config::ProviderSettings& each : catalogue->settings().providers) {
      accesses.push_back(providers::Access::of(each));
    }
  }
  static routing::PolicySet compiled(const config::Settings& settings) {
    config::Problems problems;
    return routing::compile(settings, problems);
  }
};

}  // namespace gateway
