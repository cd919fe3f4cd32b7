// What a calendar says, where no Timer is at hand: in threads of their own, and in commands. Whoever runs in
// the gateway is given its clock; `system_wall` is the one that the process gives them, and the only place
// that asks.
#pragma once

#include <chrono>
#include <functional>

#include "config/values/units.hpp"

namespace providers {

// Asked from any thread.
using WallClock = std::function<config::WallTime()>;

inline config::WallTime system_wall() {
  return std::chrono::system_clock::now();
}

}  // namespace providers
