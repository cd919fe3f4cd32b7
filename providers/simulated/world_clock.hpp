// The time of the simulated hosts' world against real time: faster, the same, or not tied to it at all, in
// which case it jumps to whatever is waited for. Belongs to the loop that serves the hosts.
#pragma once

#include <algorithm>
#include <chrono>
#include <cmath>

#include "config/values/units.hpp"

namespace providers {

class WorldClock {
 public:
  enum class Pace { real, jumps };

  // `scale`: real seconds per second of the world; 0 jumps.
  WorldClock(double scale, config::TimePoint start) : scale_(scale), start_(start), jumped_to_(start) {}

  Pace pace() const { return scale_ > 0 ? Pace::real : Pace::jumps; }
  config::TimePoint at(config::TimePoint real) const {
    return pace() == Pace::jumps ? jumped_to_ : start_ + stretched(real - start_, 1 / scale_);
  }
  // When a clock on our wall shows what the world's will: for waiting.
  config::TimePoint real(config::TimePoint world) const {
    return world == config::TimePoint::max() ? world : start_ + stretched(world - start_, scale_);
  }
  // How long a length of the world is for us. Where time jumps, the world's own length: for telling clients.
  config::Duration real(config::Duration world) const {
    return pace() == Pace::jumps ? world : stretched(world, scale_);
  }
  // How long a length of ours is for the world.
  config::Duration world(config::Duration real) const {
    return pace() == Pace::jumps ? real : stretched(real, 1 / scale_);
  }
  void jump_to(config::TimePoint world) { jumped_to_ = std::max(jumped_to_, world); }

 private:
  static config::Duration stretched(config::Duration length, double factor) {
    return config::Duration{
        static_cast<config::Duration::rep>(std::ceil(static_cast<double>(length.count()) * factor))};
  }

  double scale_;
  config::TimePoint start_;
  config::TimePoint jumped_to_;
};

}  // namespace providers
