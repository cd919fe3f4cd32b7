// How many requests a second are answered in time. Open loop: requests start when they are due, whether or
// not earlier ones have ended, and their time counts from when they were due.
#pragma once

#include <span>

#include "bench/target.hpp"

namespace bench {

struct RateSweep {
  double first = 1'000;  // requests per second
  double factor = 1.25;  // from one step to the next, until p99 is beyond 50 ms
  double seconds = 2;    // of each step
};

// Prints, for each target, the highest rate with p99 within 1, 5, 10 and 50 ms.
int measure_rate(std::span<const Target> targets, const Ask& ask, const RateSweep& sweep);

}  // namespace bench
