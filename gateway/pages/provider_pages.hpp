// Who hosts models here, as JSON for OpenRouter's clients: the bodies of GET /v1/providers and
// GET /v1/endpoints/zdr. Pure functions.
#pragma once

#include <string>

#include "routing/market/market.hpp"

namespace gateway {

// Those with an endpoint of a model that the key may use.
std::string providers_page(const routing::Catalogue& catalogue, const config::KeySettings* key);
// The endpoints of those who are declared to keep nothing. `snapshot` is of this catalogue.
std::string zero_retention_page(const routing::Catalogue& catalogue, const routing::Snapshot& snapshot,
                                const config::KeySettings* key);

}  // namespace gateway
