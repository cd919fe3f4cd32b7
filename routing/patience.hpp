// Whether a request that nobody can take now is held until the first host comes back. Only for a few seconds
// in all: under overload, waiting on and on makes everybody late and answers nobody more. Pure.
#pragma once

#include "routing/decision.hpp"
#include "routing/demand.hpp"

namespace routing {

inline constexpr config::Duration patience = std::chrono::seconds(5);

inline bool worth_waiting(config::TimePoint until, const Demand& demand, config::TimePoint now) {
  return until > now && until <= demand.admitted + patience && until < demand.deadline;
}

}  // namespace routing
