// What is so once an endpoint was taken out of service, or back into it. Pure.
#pragma once

#include <span>
#include <string>

#include "gateway/generation/drained.hpp"
#include "routing/terms/in_flight.hpp"

namespace gateway {

std::string service_page(const ServiceCall& call, std::span<const routing::EndpointIndex> changed,
                         const routing::Catalogue& catalogue, const routing::InFlight& in_flight);
std::string no_such_endpoint(const ServiceCall& call);

}  // namespace gateway
