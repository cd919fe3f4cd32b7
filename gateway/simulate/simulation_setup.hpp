// What `isocost simulate` was asked for, checked and loaded. All that is wrong is said at once.
#pragma once

#include <optional>

#include "config/values/problem.hpp"
#include "gateway/simulate/comparison.hpp"
#include "gateway/simulate/simulate_command.hpp"

namespace gateway {

struct SimulationSetup {
  ComparisonSettings settings;
  std::vector<Entrant> entrants;
  std::size_t rows_left_out = 0;
};

// Nothing when one of `problems` is an error.
std::optional<SimulationSetup> simulation_setup(const SimulateOptions& options, config::Problems& problems);

}  // namespace gateway
