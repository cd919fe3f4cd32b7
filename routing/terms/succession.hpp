// Which endpoints go on from one generation of the configuration to the next, or from one process to the
// next. Pure.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "routing/terms/catalogue.hpp"

namespace routing {

// What makes an endpoint the same one, as hashes, so that it can be kept.
struct Identity {
  std::uint64_t asked = 0;  // which provider, at which address, for which host model
  std::uint64_t named = 0;  // by which endpoint's and model's name

  friend bool operator==(const Identity&, const Identity&) = default;
};
Identity identity_of(const Endpoint& endpoint);

// For each of `now`: which of `before` asks the same, whatever else about it changed. Each of `before` at
// most once; where several are alike, those of the same model and name belong together.
std::vector<std::optional<std::size_t>> predecessors(std::span<const Identity> now,
                                                     std::span<const Identity> before);
// The same by EndpointIndex.
std::vector<std::optional<EndpointIndex>> predecessors(const Catalogue& now, const Catalogue& before);
// The same by EndpointIndex of `before`: which of `now` goes on from it.
std::vector<std::optional<EndpointIndex>> successors(const Catalogue& before, const Catalogue& now);

}  // namespace routing
