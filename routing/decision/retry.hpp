// Decides whether a failed attempt is followed by another, and when. Pure.
#pragma once

#include <string_view>
#include <variant>

#include "routing/policy/policy.hpp"
#include "routing/terms/demand.hpp"
#include "routing/terms/outcome.hpp"

namespace routing {

struct RetryAt {
  config::TimePoint time{};
};
struct GiveUp {
  std::string_view because;
};
using NextStep = std::variant<RetryAt, GiveUp>;

// How many attempts a request may have: as many as its policy says, four where it says nothing. What many of
// them may add to the traffic of hosts that fail is bounded by the budget of retries and the deadline.
std::size_t most_attempts(const Policy& policy);

// The deciding one of `attempts` has failed. `draw` is uniform in [0, 1), for jitter.
NextStep after_failure(const Attempts& attempts, const Demand& demand, const Policy& policy,
                       config::TimePoint now, double draw);

}  // namespace routing
