// One configuration, ready to serve. Immutable but for the counts of attempts under way; shared by all
// threads. A request keeps the generation it began with.
#pragma once

#include <memory>

#include "gateway/key_ring.hpp"
#include "routing/catalogue.hpp"
#include "routing/in_flight.hpp"
#include "routing/policy_set.hpp"

namespace gateway {

struct Generation {
  // `set` is of the catalogue's own settings.
  Generation(std::shared_ptr<const routing::Catalogue> all, routing::PolicySet set)
      : catalogue(std::move(all)),
        keys(catalogue->settings()),
        policies(std::move(set)),
        headers(policies.headers()),
        in_flight(catalogue->endpoints().size()) {}
  // Of settings whose policies are known to be good.
  explicit Generation(std::shared_ptr<const routing::Catalogue> all)
      : Generation(all, compiled(all->settings())) {}

  std::shared_ptr<const routing::Catalogue> catalogue;
  KeyRing keys;
  routing::PolicySet policies;
  std::vector<std::string> headers;  // of requests, those that policies read, in lower case
  mutable routing::InFlight in_flight;

 private:
  static routing::PolicySet compiled(const config::Settings& settings) {
    config::Problems problems;
    return routing::compile(settings, problems);
  }
};

}  // namespace gateway
