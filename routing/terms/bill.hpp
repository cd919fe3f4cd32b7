// What a reply costs at an endpoint's prices. Pure.
#pragma once

#include "routing/terms/catalogue.hpp"
#include "routing/terms/outcome.hpp"

namespace routing {

// Exact in billionths of a dollar where prices are; a provider's own figure for the cost wins where it is
// trusted with that (ProviderSettings::reports_cost). Never negative. `replies`: how many it took, as each
// has its fee.
config::Money bill(const Endpoint& endpoint, const Usage& usage, std::size_t replies = 1);

}  // namespace routing
