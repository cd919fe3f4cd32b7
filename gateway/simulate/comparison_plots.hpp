// A comparison in pictures: the market with lines of equal cost and where each contender went, dollars
// against seconds, how long first tokens took, and who got the traffic when. Pure.
#pragma once

#include <string>
#include <vector>

#include "gateway/simulate/comparison.hpp"

namespace gateway {

struct Plot {
  std::string name;  // "market": of a file without its ending
  std::string svg;
};

// The market and the shares over time are those of the first seed.
std::vector<Plot> comparison_plots(const Comparison& comparison);

}  // namespace gateway
