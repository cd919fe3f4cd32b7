// One configuration, ready to serve. Immutable but for the counts of attempts under way; shared by all
// threads. A request keeps the generation it began with.
#pragma once

#include <memory>

#include "gateway/key_ring.hpp"
#include "routing/catalogue.hpp"
#include "routing/in_flight.hpp"
#include "routing/policy.hpp"

namespace gateway {

struct Generation {
  explicit Generation(std::shared_ptr<const routing::Catalogue> all)
      : catalogue(std::move(all)), keys(catalogue->settings()), in_flight(catalogue->endpoints().size()) {}

  std::shared_ptr<const routing::Catalogue> catalogue;
  KeyRing keys;
  routing::Policy policy{};
  mutable routing::InFlight in_flight;
};

}  // namespace gateway
