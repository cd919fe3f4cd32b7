// One client's connection on which HTTP/2 was agreed: a session for each of its requests. Belongs to one data
// loop.
#pragma once

#include <string>
#include <vector>

#include "gateway/addresses/client_address.hpp"
#include "gateway/run/front.hpp"

namespace gateway {

// From its first request to the end of the last one. `names`: in the certificate that its client has shown.
providers::Task<void> http2_session(Front& front, OpenSession& open, Peer peer, config::ServingLimits limits,
                                    std::vector<std::string> names);

// Of one that finds no room: the client is told that nothing of it was done, and it is closed.
providers::Task<void> http2_turn_away(Front& front, providers::Connection& connection);

}  // namespace gateway
