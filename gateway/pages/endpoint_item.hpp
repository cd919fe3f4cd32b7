// One endpoint as OpenRouter's list of endpoints has it, with what only we know beside it under "isocost".
// Pure. Latencies in milliseconds, throughputs in tokens per second, uptimes in percent.
#pragma once

#include <boost/json.hpp>

#include "routing/market/market.hpp"

namespace gateway {

// `snapshot` is of the endpoint's catalogue.
boost::json::object endpoint_item(const routing::Endpoint& endpoint, const routing::Snapshot& snapshot);
boost::json::object pricing_object(const config::Prices& prices);
boost::json::object architecture_object(const config::Features& features);
// The names of request members that are understood, from what was declared.
boost::json::array supported_parameters(const config::Features& features);
std::string_view quantization_text(config::Quantization quantization);

}  // namespace gateway
