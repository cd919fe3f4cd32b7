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

// How many attempts a request may have.
std::size_t most_attempts(const Policy& policy);

// The deciding one of `attempts` has failed. `draw` is uniform in [0, 1), for jitter.
NextStep after_failure(const Attempts& attempts, const Demand& demand, const Policy& policy,
                       config::TimePoint now, double draw);

}  // namespace routing
