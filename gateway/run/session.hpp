// One client's connection from its first request to its last. Belongs to one data loop.
#pragma once

#include <string>
#include <vector>

#include "gateway/run/front.hpp"
#include "providers/net/connection.hpp"

namespace gateway {

// `peer` is the other end of the connection. `shown`: the names in a certificate of its client, where that
// was shown on the connection that this one is a part of.
providers::Task<void> session(Front& front, providers::ConnectionPtr connection, Peer peer,
                              std::vector<std::string> shown = {});
// Tells a client that there is no room for its connection, and closes it.
providers::Task<void> turn_away(Front& front, providers::ConnectionPtr connection);

}  // namespace gateway
