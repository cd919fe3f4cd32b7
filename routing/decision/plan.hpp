// The decision: which endpoint gets the next attempt, and why each other one does not. One pure function
// serves live requests, the dry run, simulation and replay.
// Source of the objective, the exploration and the panic rule: deploy/docs/inside.md, "The decision".
#pragma once

#include <cstdint>
#include <span>

#include "routing/decision/decision.hpp"
#include "routing/decision/purse.hpp"
#include "routing/market/market.hpp"
#include "routing/policy/policy.hpp"
#include "routing/terms/in_flight.hpp"
#include "routing/terms/outcome.hpp"

namespace routing {

// All randomness of a decision comes from `seed`, which the record keeps.
struct Moment {
  config::TimePoint now{};
  std::uint64_t seed = 0;
  // Endpoints that a newer generation than the snapshot's does not allow: never chosen.
  std::span<const EndpointIndex> withdrawn{};
  // Of providers whose limits are nearly used; all others have room.
  std::span<const Allowance> allowances{};
  double money = 1;  // how much a dollar to a host counts under this policy; see pacing.hpp
};

// `tried`: endpoints of earlier attempts at this request. Overwrites `decision`. Does not allocate once
// `decision` has held as many candidates. `in_flight` belongs to the snapshot's generation.
// `propensity` is exact, given which recovering hosts this request saw; their draws are in the seed.
void plan(const Snapshot& snapshot, const Policy& policy, const Demand& demand,
          std::span<const Attempt> tried, const InFlight& in_flight, const Purse& purse, Moment moment,
          Decision& decision);

}  // namespace routing
