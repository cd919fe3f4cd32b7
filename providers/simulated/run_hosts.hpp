// `isocost hosts`: serves a fleet until it is interrupted.
#pragma once

#include <iosfwd>

#include "config/values/fleet.hpp"

namespace providers {

// Prints where the hosts are, and serves them on the calling thread until SIGINT or SIGTERM. The process's
// exit status: 0, or 1 after saying what went wrong.
int run_hosts(const config::Fleet& fleet, std::ostream& out);

}  // namespace providers
