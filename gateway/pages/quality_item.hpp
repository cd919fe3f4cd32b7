// How an endpoint's answers pass their checks, with the counts that it is judged by.
#pragma once

#include <boost/json.hpp>

#include "routing/market/snapshot.hpp"

namespace gateway {

// Null where nothing was checked yet.
boost::json::value quality_item(const routing::Snapshot& snapshot, routing::EndpointIndex endpoint);

}  // namespace gateway
