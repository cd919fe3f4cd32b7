// What `isocost simulate` was asked for, checked and loaded. All that is wrong is said at once.
#pragma once

#include <optional>

#include "config/values/problem.hpp"
#include "gateway/simulate/comparison.hpp"
#include "gateway/simulate/number_list.hpp"
#include "gateway/simulate/simulate_command.hpp"

namespace gateway {

struct SimulationSetup {
  ComparisonSettings settings;
  std::vector<Entrant> entrants;
  std::size_t rows_left_out = 0;
  std::optional<Numbers> tournament{};  // of drawn worlds, made one by one: then `settings` has none
  std::vector<std::uint64_t> seeds;
  std::size_t requests = 0;  // of a drawn world
};

// Nothing when one of `problems` is an error.
std::optional<SimulationSetup> simulation_setup(const SimulateOptions& options, config::Problems& problems);

}  // namespace gateway
