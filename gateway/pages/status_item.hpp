// What the status page says of an endpoint, now or at a moment that is past: out of a snapshot, and out of
// what went there. Pure.
#pragma once

#include <boost/json/fwd.hpp>

#include "gateway/observe/standing.hpp"
#include "gateway/observe/traffic.hpp"

namespace gateway {

boost::json::object snapshot_item(const routing::Endpoint& endpoint, const routing::EndpointState& state,
                                  const Stand& stand, config::TimePoint now);
// `all`: of the endpoints together.
void add_flows(const Flow& last_1m, const Flow& last_5m, const Flow& all_1m, const Flow& all_5m,
               boost::json::object& item);

}  // namespace gateway
