// Which endpoints of recorded catalogues are which of another one: as routing::identity_of(), but without the
// addresses, which records do not keep. Pure.
#pragma once

#include <vector>

#include "routing/terms/draws.hpp"
#include "routing/terms/succession.hpp"

namespace gateway {

inline std::vector<routing::Identity> recorded_identities(const routing::Catalogue& catalogue) {
  std::vector<routing::Identity> result;
  for (const routing::Endpoint& each : catalogue.endpoints()) {
    const std::uint64_t provider = routing::hash_of(each.provider->name.text);
    result.push_back({.asked = routing::mixed(provider) ^ routing::hash_of(each.settings->host_model),
                      .named = each.name_hash});
  }
  return result;
}

}  // namespace gateway
