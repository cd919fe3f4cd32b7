// The decision: which endpoint gets the next attempt, and why each other one does not. One pure function
// serves live requests, the dry run, simulation and replay.
// Source of the objective, the exploration and the panic rule: ARCHITECTURE.md, "The decision".
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "routing/in_flight.hpp"
#include "routing/market.hpp"
#include "routing/outcome.hpp"
#include "routing/policy.hpp"

namespace routing {

enum class Reason { best, explore, only, weighted, panic };

// Why an endpoint was left out. Each has a sentence in `to_text`.
enum class Removal {
  none,
  tried,         // by an earlier attempt of this request
  features,      // lacks what the request needs
  context,       // prompt and output do not fit; `missed_by` in tokens
  max_output,    // cannot return as many tokens; `missed_by` in tokens
  policy_allow,  // `rule` counts in Policy::allow
  policy_require,
  cooling,  // the host asked to wait; `missed_by` in seconds
  open,     // its circuit breaker is open; `missed_by` in seconds
  full,     // its own limit of requests in flight
};

// The terms of the objective, in dollars.
struct Cost {
  double price = 0;
  double ttft = 0;        // value of the wait for the first token
  double generation = 0;  // value of the wait for the rest
  double quota = 0;       // soft cost of a nearly used-up rate limit
  double quality = 0;     // declared penalty
  double failure = 0;     // what failing is expected to add
  double total() const { return price + ttft + generation + quota + quality + failure; }
};

struct Verdict {
  EndpointIndex endpoint = 0;
  Removal removal = Removal::none;
  int rule = -1;
  double missed_by = 0;
  int tier = 0;
  int rank = 0;  // 1 is the least cost; 0: removed
  Prediction prediction{};
  Cost cost{};
  double propensity = 0;  // probability that this request was sent here
};

// Belongs to its request; reused between attempts so that deciding does not allocate.
struct Decision {
  std::optional<EndpointIndex> chosen{};
  Reason reason = Reason::best;
  double propensity = 0;
  double explored_dollars = 0;  // what exploring costs beyond the best, to be taken from the purse
  double expected_dollars = 0;  // of the best candidate, for filling the purse
  std::uint64_t snapshot = 0;
  std::uint64_t seed = 0;
  std::vector<Verdict> verdicts;
  // With nobody chosen: when the first one cooling or open comes back.
  std::optional<config::TimePoint> earliest{};
};

// Dollars that exploration may still spend. Belongs to one data loop.
class Purse {
 public:
  double dollars() const { return dollars_; }
  // Fills with `share` of what was expected to be spent, holds at most 30 such fillings, and pays.
  void settle(const Decision& decision, double share);

 private:
  double dollars_ = 0;
};

// All randomness of a decision comes from `seed`, which the record keeps.
struct Moment {
  config::TimePoint now{};
  std::uint64_t seed = 0;
};

// `tried`: endpoints of earlier attempts at this request. Overwrites `decision`. Does not allocate once
// `decision.verdicts` has held as many candidates.
void plan(const Snapshot& snapshot, const Policy& policy, const Demand& demand,
          std::span<const Attempt> tried, const InFlight& in_flight, const Purse& purse, Moment moment,
          Decision& decision);

std::string_view to_text(Reason reason);
std::string_view to_text(Removal removal);

}  // namespace routing
