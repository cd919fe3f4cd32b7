// Whether a stream that broke is gone on with by another attempt, which is asked to write on behind what the
// client has. Pure: live requests, simulated ones and replays go by the same.
#pragma once

#include <cstddef>
#include <span>

#include "routing/policy/policy.hpp"
#include "routing/terms/demand.hpp"
#include "routing/terms/outcome.hpp"

namespace routing {

// Whether the client has a part of an answer, so that whoever is asked now goes on with it.
bool goes_on(std::span<const Attempt> attempts);

// The attempts that did so already.
std::size_t hops(std::span<const Attempt> attempts);

// The one that brought what the client has last; null where it has nothing.
const Attempt* last_heard(std::span<const Attempt> attempts);

// The deciding one of `attempts` has failed, and goes_on() holds.
bool may_go_on(const Attempts& attempts, const Policy& policy);

// Whether who is chosen now is to go on with an answer, as the policy lets it.
bool is_to_go_on(const Policy& policy, std::span<const Attempt> attempts);

// What an endpoint must be able to do to answer now.
config::Features needs_now(const Demand& demand, const Policy& policy, std::span<const Attempt> attempts);

}  // namespace routing
