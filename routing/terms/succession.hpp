// Which endpoints go on from one generation of the configuration to the next. Pure.
#pragma once

#include <optional>
#include <vector>

#include "routing/terms/catalogue.hpp"

namespace routing {

// By EndpointIndex of `now`: the endpoint of `before` that asks the same provider, at the same address, for
// the same host model, whatever else about it changed. Each of `before` at most once; where several are
// alike, those of the same model and name belong together.
std::vector<std::optional<EndpointIndex>> predecessors(const Catalogue& now, const Catalogue& before);
// The same by EndpointIndex of `before`: which of `now` goes on from it.
std::vector<std::optional<EndpointIndex>> successors(const Catalogue& before, const Catalogue& now);

}  // namespace routing
