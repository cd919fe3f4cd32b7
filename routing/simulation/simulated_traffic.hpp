// Requests under way in a simulation: what `simulate` keeps between events. Belongs to one simulation.
#pragma once

#include <array>
#include <cstdint>
#include <deque>
#include <functional>
#include <optional>
#include <queue>
#include <vector>

#include "config/values/trace.hpp"
#include "routing/decision/journey.hpp"
#include "routing/decision/vigil.hpp"
#include "routing/host_model/host_model.hpp"
#include "routing/terms/demand.hpp"
#include "routing/terms/outcome.hpp"

namespace routing {

// One attempt under way.
struct Leg {
  Attempt attempt{};
  std::optional<Vigil> vigil{};
  bool is_trial = false;   // and its host has not shown yet that it answers
  std::uint32_t sent = 0;  // which attempt of its request this is, hedges included
  Ticket ticket{};
  std::optional<config::TimePoint> stalled_since{};
  std::int64_t output_seen = 0;  // when it was last looked at for a stall
};

// A place for one request after another. It stays where it is: the journey points into it.
struct SimulatedRequest {
  SimulatedRequest(std::uint32_t index, const Policy& terms)
      : place(index), policy(&terms), journey(demand, terms, attempts) {}
  SimulatedRequest(const SimulatedRequest&) = delete;
  SimulatedRequest& operator=(const SimulatedRequest&) = delete;

  const std::uint32_t place;
  const Policy* const policy;
  std::uint64_t number = 0;  // of the request in the trace
  std::uint64_t turn = 0;    // so that a timer for an earlier request in this place is known to be stale
  const config::TraceRequest* request = nullptr;
  Demand demand;
  Attempts attempts;
  std::uint32_t sent = 0;  // attempts, hedges included: the luck's second coordinate
  std::array<Leg, Journey::most_legs> legs{};
  double dollars = 0;
  std::int64_t said = 0;  // tokens of the answer that the client has from attempts that broke
  Journey journey;
};

// All places, those that are free among them.
class Places {
 public:
  // A free one, for who decides by these terms, the same ones each time.
  SimulatedRequest& take(const Policy& terms);
  // Its request is over.
  void give_back(const SimulatedRequest& request) { free_.push_back(request.place); }
  SimulatedRequest& operator[](std::uint32_t place) { return places_[place]; }

 private:
  std::deque<SimulatedRequest> places_;
  std::vector<std::uint32_t> free_;
};

// An arrival: whatever was in this place before is over. What depends on the time and on prices is left to
// fill in. All ask for streams, so that the limit of whole replies never applies. `request` must outlive it.
void begin(SimulatedRequest& place, std::uint64_t number, const config::TraceRequest& request,
           std::uint64_t seed);

// Which leg of which request, by places.
struct Holder {
  std::uint32_t place = 0;
  std::uint32_t leg = 0;
};

struct Timer {
  enum class What { journey, leg };

  config::TimePoint time{};
  std::uint64_t order = 0;  // of two at one time the one that was set first
  What what = What::journey;
  Holder holder{};
  std::uint64_t turn = 0;  // of the place
  std::uint32_t sent = 0;  // of the leg: stale once another attempt began there

  friend bool operator>(const Timer& a, const Timer& b) {
    return a.time != b.time ? a.time > b.time : a.order > b.order;
  }
};
using Timers = std::priority_queue<Timer, std::vector<Timer>, std::greater<>>;

}  // namespace routing
