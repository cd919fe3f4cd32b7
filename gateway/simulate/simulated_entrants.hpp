// Who contends in a simulation: policies and other routers' ways, by the names that they are asked for with.
#pragma once

#include "config/values/problem.hpp"
#include "gateway/simulate/simulate_command.hpp"
#include "gateway/simulate/simulation_setup.hpp"

namespace gateway {

// Reads the configuration that has the policies, where one is named.
void add_entrants(const SimulateOptions& options, config::Problems& problems, SimulationSetup& setup);

}  // namespace gateway
