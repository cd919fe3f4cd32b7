// What one request costs in time when nothing else is under way, and how much more that is than without a
// proxy. The targets take turns, so that what disturbs the machine disturbs all of them.
#pragma once

#include <span>

#include "bench/target.hpp"

namespace bench {

// The first target is the one that the others are compared with. Prints; returns the number of failures.
int measure_latency(std::span<const Target> targets, const Ask& ask, int rounds);

}  // namespace bench
