// Requests under way in a simulation: what `simulate` keeps between events. Belongs to one simulation.
#pragma once

#include <array>
#include <cstdint>
#include <queue>
#include <vector>

#include "config/values/trace.hpp"
#include "routing/host_model/host_model.hpp"
#include "routing/terms/demand.hpp"
#include "routing/terms/outcome.hpp"

namespace routing {

// One attempt under way.
struct Leg {
  enum class State { idle, under_way } state = State::idle;
  Attempt attempt{};
  bool is_trial = false;   // and its host has not shown yet that it answers
  std::uint32_t sent = 0;  // which attempt of its journey this is, hedges included
  Ticket ticket{};
  std::optional<config::TimePoint> stalled_since{};
  std::int64_t output_seen = 0;  // when it was last looked at for a stall
};

struct Journey {
  std::uint64_t number = 0;  // of the request in the trace
  std::uint64_t turn = 0;    // so that a timer for an earlier journey in this place is known to be stale
  const config::TraceRequest* request = nullptr;
  Demand demand;
  Attempts attempts;          // those that ended, the hedges' losers not counted
  std::uint32_t sent = 0;     // attempts, hedges included: the luck's second coordinate
  std::array<Leg, 2> legs{};  // the second one is the hedge
  double dollars = 0;
};

// An arrival: whatever was in this place before is over. What depends on the time and on prices is left to
// fill in. All ask for streams, so that the limit of whole replies never applies. `request` must outlive the
// journey.
void begin(Journey& journey, std::uint64_t number, const config::TraceRequest& request, std::uint64_t seed);

// Which leg of which journey, by places.
struct Holder {
  std::uint32_t journey = 0;
  std::uint32_t leg = 0;
};

struct Timer {
  enum class What { decide, hedge, first_token_late, look_for_stall };

  config::TimePoint time{};
  std::uint64_t order = 0;  // of two at one time the one that was set first
  What what = What::decide;
  Holder holder{};
  std::uint64_t turn = 0;  // of the journey
  std::uint32_t sent = 0;  // of the leg: stale once another attempt began there

  friend bool operator>(const Timer& a, const Timer& b) {
    return a.time != b.time ? a.time > b.time : a.order > b.order;
  }
};
using Timers = std::priority_queue<Timer, std::vector<Timer>, std::greater<>>;

}  // namespace routing
