// Dynamics in which ln(TTFT) and ln(speed) wander around their medians and forget where they were
// (an Ornstein-Uhlenbeck process), with busy hours, busy episodes and outages on top.
// The wander is computed on a fixed grid of time, so that it does not depend on who asks when.
#pragma once

#include <cstdint>
#include <optional>

#include "config/values/fleet.hpp"
#include "routing/host_model/episodes.hpp"
#include "routing/host_model/host_world.hpp"

namespace routing {

// One wandering number with mean 0.
class Wander {
 public:
  Wander(double sd, config::Seconds time_constant, std::uint64_t seed);
  // `elapsed` must not go back between calls.
  double at(config::Seconds elapsed);

 private:
  double step(double from) const;

  double sd_;
  config::Seconds grid_;
  double memory_;  // correlation of two neighbours on the grid
  HostDraws draws_;
  std::uint64_t cell_ = 0;
  double left_ = 0;
  double right_ = 0;
};

class DriftingWorld final : public HostWorld {
 public:
  // The world begins at `start`, when the clocks on its walls show `wall`.
  DriftingWorld(const config::SimulatedHost& host, std::uint64_t seed, config::TimePoint start,
                config::WallTime wall);

  Conditions at(config::TimePoint time) override;

 private:
  config::TimePoint start_;
  config::WallTime wall_;
  Wander ttft_;
  Wander speed_;
  std::vector<config::BusyHours> busy_hours_;
  std::optional<config::BusyEpisodes> busy_settings_;
  std::optional<Episodes> busy_;
  int outage_status_ = 503;
  std::optional<Episodes> outages_;
};

// The time of day, UTC, that a clock shows.
config::MinuteOfDay minute_of_day(config::WallTime time);

}  // namespace routing
