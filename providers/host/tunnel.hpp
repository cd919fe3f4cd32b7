// Asks a proxy to pass a connection on (CONNECT). Belongs to one loop.
#pragma once

#include <string>

#include "config/values/access.hpp"
#include "providers/loop/task.hpp"
#include "providers/net/connection.hpp"

namespace providers {

// Over a socket that is connected to the proxy; afterwards it is as good as one to the host itself. What is
// wrong, in words that may be shown; empty: nothing. Closing the socket ends the wait.
Task<std::string> open_tunnel(Connection::Socket& socket, const config::ProxySettings& proxy,
                              const config::BaseUrl& to);

}  // namespace providers
