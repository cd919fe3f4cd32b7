// Problems of configurations and fleets, for whoever reads standard error.
#pragma once

#include <iostream>

#include "config/values/problem.hpp"

namespace gateway {

inline void print(const config::Problems& problems) {
  for (const config::Problem& problem : problems) std::cerr << config::to_text(problem) << "\n";
}

}  // namespace gateway
