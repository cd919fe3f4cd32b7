// The TLS that `tls:` asks for towards clients.
#pragma once

#include <memory>

#include "config/values/settings.hpp"
#include "config/values/problem.hpp"
#include "providers/net/tls_server.hpp"

namespace gateway {

// Files that no connection could use: found here, they leave the last good configuration in use. Warns of a
// certificate that ends soon.
void check_listener_tls(const config::Settings& settings, config::WallTime now, config::Problems& problems);

// `before` where it is of the same files, or where these cannot be used; null where no TLS is asked for.
// Throws providers::TlsServer::Fault where there is nothing before.
std::shared_ptr<providers::TlsServer> listener_tls(const config::Settings& settings,
                                                   const std::shared_ptr<providers::TlsServer>& before);

}  // namespace gateway
