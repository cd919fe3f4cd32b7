// The TLS that `tls:` asks for towards clients.
#pragma once

#include <memory>

#include "config/values/problem.hpp"
#include "config/values/settings.hpp"
#include "providers/net/tls_server.hpp"

namespace gateway {

// Files that no connection could use: found here, they leave the last good configuration in use. Warns of a
// certificate that ends soon.
void check_listener_tls(const config::Settings& settings, config::WallTime now, config::Problems& problems);

// Null where no TLS is asked for. `running`: what a gateway that serves has, which decides whether there is
// any until its next start; the files may be others, and where these cannot be used, it stays. Throws
// providers::TlsServer::Fault where nothing runs.
std::shared_ptr<providers::TlsServer> listener_tls(const config::Settings& settings,
                                                   const std::shared_ptr<providers::TlsServer>* running);

}  // namespace gateway
