// A recorded request in the four measures that policies are compared by, as it happened and as the model of
// each host expects it. Pure.
#pragma once

#include <array>
#include <optional>

#include "gateway/record_file/logged_request.hpp"
#include "routing/decision/decision.hpp"
#include "routing/policy/policy.hpp"
#include "routing/replay/counterfactual.hpp"

namespace gateway {

// Dollars; seconds to the first visible token and to the end, of answered requests; share that failed.
struct Outcome {
  routing::Part cost, first_token, whole, failed;
};
inline constexpr std::array<routing::Part Outcome::*, 4> outcome_parts = {
    &Outcome::cost, &Outcome::first_token, &Outcome::whole, &Outcome::failed};

Outcome seen(const LoggedRequest& request);
// Of sending it to this endpoint first, and to others in the decision's order where that fails, as often as
// the policy asks anybody; without an endpoint: of refusing it.
Outcome expected(const routing::Decision& decision, const routing::Policy& policy,
                 std::optional<routing::EndpointIndex> first, routing::Delivery delivery);

}  // namespace gateway
