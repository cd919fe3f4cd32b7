// Through which worlds a simulation goes: fleets and traces out of files, made up, or drawn.
#pragma once

#include "config/values/problem.hpp"
#include "gateway/simulate/simulate_command.hpp"
#include "gateway/simulate/simulation_setup.hpp"

namespace gateway {

// Those that the options ask for, for each seed of `setup`. Reads files.
void add_worlds(const SimulateOptions& options, config::Problems& problems, SimulationSetup& setup);

}  // namespace gateway
