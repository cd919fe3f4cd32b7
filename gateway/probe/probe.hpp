// Asks each endpoint of a configuration for a token, and finds what differs from what it says.
#pragma once

#include <vector>

#include "config/values/settings.hpp"
#include "gateway/probe/probe_result.hpp"
#include "routing/terms/catalogue.hpp"

namespace gateway {

struct ProbeLimits {
  config::Duration each = std::chrono::seconds(30);  // call
  std::size_t at_once = 8;
};

// The endpoints that there are now: of a name with several addresses each. Asks name servers.
config::Settings with_addresses_now(const config::Settings& settings);
// What all of it may cost at that time.
config::Money most_cost(const routing::Catalogue& catalogue, config::WallTime at);
// In the order of the catalogue. Blocks; each call has its limit. Whether an endpoint goes on with a begun
// answer is asked where the configuration says so, and of everybody else where a policy goes on with streams.
std::vector<ProbeResult> probe(const routing::Catalogue& catalogue, const ProbeLimits& limits);

}  // namespace gateway
