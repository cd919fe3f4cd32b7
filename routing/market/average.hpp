// A slow average. Any thread.
#pragma once

namespace routing {

// Moves by `gain` of the way to the value.
inline void follow(double& average, double value, double gain) {
  average += gain * (value - average);
}

}  // namespace routing
