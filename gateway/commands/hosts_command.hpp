// `isocost hosts`: a fleet of simulated hosts, for whoever wants to try something without a provider.
#pragma once

#include "gateway/text/command.hpp"

namespace gateway {

Command add_hosts(CLI::App& app);

}  // namespace gateway
