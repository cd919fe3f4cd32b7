// How long a request waits: for a host to come back, and for a reply that shows nothing until it is whole.
// Pure.
#pragma once

#include <optional>

#include "routing/terms/catalogue.hpp"
#include "routing/terms/demand.hpp"
#include "routing/terms/prediction.hpp"

namespace routing {

inline constexpr config::Duration patience = std::chrono::seconds(5);

// Whether a request that nobody can take now is held until the first host comes back. Only for a few seconds
// in all: under overload, waiting on and on makes everybody late and answers nobody more.
inline bool worth_waiting(config::TimePoint until, const Demand& demand, config::TimePoint now) {
  return until > now && until <= demand.admitted + patience && until < demand.deadline;
}

// What the tokens of a whole reply may take where all is well: as many as the request or the endpoint allows,
// at half the speed of one reply in forty. Nothing where neither says how many.
std::optional<config::Duration> longest_generation(const Prediction& prediction, const Endpoint& endpoint,
                                                   const Demand& demand);

}  // namespace routing
