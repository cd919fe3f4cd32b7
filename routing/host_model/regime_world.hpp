// Dynamics without any wander: a host is in one of four regimes for a while and then in another, and within
// a regime its time to first token is drawn again, for some seconds at a time, from what one real host was
// seen to do. Written apart from DriftingWorld, so that what learns is not judged in one kind of world only.
// Sources: Hamilton 1989 (regime switching); Politis and Romano 1994, "The stationary bootstrap" (blocks of
// random length); the tail of one host in a public snapshot of 33 OpenRouter endpoints of one model of
// 2026-09-30: p50 3,446, p75 5,534, p90 7,986, p99 21,556 ms. Its lower half was not published and is taken
// to mirror the upper half's first steps.
#pragma once

#include <cstdint>
#include <optional>

#include "config/values/fleet.hpp"
#include "routing/host_model/episodes.hpp"
#include "routing/host_model/host_world.hpp"

namespace routing {

// What the recorded host's share `u` of requests stayed below, over its median.
double recorded_ttft_quantile(double u);

class RegimeWorld final : public HostWorld {
 public:
  // The world begins at `start`, when the clocks on its walls show `wall`. Of the fleet's behaviour it takes
  // how much a host varies at all (drift), its busy hours and its outages.
  RegimeWorld(const config::SimulatedHost& host, std::uint64_t seed, config::TimePoint start,
              config::WallTime wall);

  Conditions at(config::TimePoint time) override;

 private:
  void next_regime();
  void next_block();

  HostDraws draws_;
  config::TimePoint start_;
  config::WallTime wall_;
  double strength_;  // of the recorded variation that this host shows
  std::vector<config::BusyHours> busy_hours_;
  std::optional<Episodes> outages_;
  int outage_status_ = 503;
  int regime_ = 0;
  std::uint64_t regimes_seen_ = 0;
  std::uint64_t blocks_seen_ = 0;
  double regime_ends_ = 0;  // seconds since the start
  double block_ends_ = 0;
  double ttft_ = 1;
  double speed_ = 1;
};

}  // namespace routing
