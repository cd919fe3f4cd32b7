// One configuration, ready to serve. Immutable but for the counts of attempts under way and of requests that
// wait for room; shared by all threads. A request keeps the generation it began with.
#pragma once

#include <memory>
#include <vector>

#include "gateway/generation/budgets.hpp"
#include "gateway/generation/key_ring.hpp"
#include "gateway/generation/listener_tls.hpp"
#include "gateway/generation/prefills.hpp"
#include "gateway/generation/waiting_counts.hpp"
#include "gateway/state/seal.hpp"
#include "providers/credentials/key_allowance.hpp"
#include "providers/host/access.hpp"
#include "routing/policy/policy_set.hpp"
#include "routing/terms/catalogue.hpp"
#include "routing/terms/in_flight.hpp"

namespace gateway {

struct Generation {
  // `set` is of the catalogue's own settings.
  Generation(std::shared_ptr<const routing::Catalogue> all, routing::PolicySet set)
      : Generation(all, std::move(set), routing::InFlight(all->endpoints().size())) {}
  // Of settings whose policies are known to be good.
  explicit Generation(std::shared_ptr<const routing::Catalogue> all)
      : Generation(all, compiled(all->settings())) {}
  // The same, after `before`, whose attempts under way stay counted.
  Generation(std::shared_ptr<const routing::Catalogue> all, const Generation& before, Prefills found = {})
      : Generation(all, compiled(all->settings()),
                   routing::InFlight(*all, *before.catalogue, before.in_flight), &before) {
    prefills = std::move(found);
  }

  std::shared_ptr<const routing::Catalogue> catalogue;
  KeyRing keys;
  std::shared_ptr<const Seal> seal;           // null where nothing is sealed
  std::shared_ptr<providers::TlsServer> tls;  // towards clients; null: none
  bool is_admin_over_tls = false;             // `admin`, too
  routing::PolicySet policies;
  Prefills prefills;                 // what probing showed of these endpoints, and the catalogue has
  std::vector<std::string> headers;  // of requests, those that policies read, in lower case
  mutable routing::InFlight in_flight;
  mutable WaitingCounts waiting;  // in all loops' waiting lines
  // For each provider: how it is told who asks, where that changes; else null. Shared by all loops.
  std::vector<std::shared_ptr<providers::Access>> accesses;
  // For each provider: what is left of its limits for our keys. Shared by all loops.
  std::vector<std::shared_ptr<providers::KeyAllowance>> allowances;
  // Of policies with a budget: what of it is spent, and what money counts. Shared by all loops.
  mutable Budgets budgets;

 private:
  Generation(std::shared_ptr<const routing::Catalogue> all, routing::PolicySet set, routing::InFlight counts,
             const Generation* before = nullptr)
      : catalogue(std::move(all)),
        keys(catalogue->settings()),
        seal(catalogue->settings().seal_key.empty()
                 ? nullptr
                 : std::make_shared<const Seal>(catalogue->settings().seal_key)),
        tls(listener_tls(catalogue->settings(), before ? &before->tls : nullptr)),
        is_admin_over_tls(before ? before->is_admin_over_tls
                                 : catalogue->settings().tls && catalogue->settings().tls->admin),
        policies(std::move(set)),
        headers(policies.headers()),
        in_flight(std::move(counts)),
        waiting(catalogue->settings().providers.size()),
        budgets(policies, before ? &before->budgets : nullptr) {
    add_keys(before);
  }
  // Those of a provider that goes on with the same keys go on, too.
  void add_keys(const Generation* before);
  static routing::PolicySet compiled(const config::Settings& settings) {
    config::Problems problems;
    return routing::compile(settings, problems);
  }
};

}  // namespace gateway
