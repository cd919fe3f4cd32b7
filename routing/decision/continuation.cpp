#include "routing/decision/continuation.hpp"

#include <algorithm>

namespace routing {
namespace {

bool brought_something(const Attempt& attempt) {
  return attempt.failure && attempt.failure->progress == Progress::client_has_bytes;
}

// What no other attempt can cure.
bool is_final(const Failure& failure) {
  switch (failure.kind) {
    case FailureKind::client_left:
    case FailureKind::deadline:
    case FailureKind::outrun:
      return true;
    case FailureKind::rejected:
    case FailureKind::too_long:
      // Before it brought anything it is the going on that is refused: others may know how.
      return failure.progress == Progress::client_has_bytes;
    default:
      return false;
  }
}

}  // namespace

bool goes_on(std::span<const Attempt> attempts) {
  return std::ranges::any_of(attempts, brought_something);
}

std::size_t hops(std::span<const Attempt> attempts) {
  return static_cast<std::size_t>(std::ranges::count(attempts, Reason::continues, &Attempt::reason));
}

const Attempt* last_heard(std::span<const Attempt> attempts) {
  const auto found = std::find_if(attempts.rbegin(), attempts.rend(), brought_something);
  return found == attempts.rend() ? nullptr : &*found;
}

bool may_go_on(const Attempts& attempts, const Policy& policy) {
  if (hops(attempts) >= static_cast<std::size_t>(std::max(0, policy.continue_hops))) return false;
  const Attempt* heard = last_heard(attempts);
  return heard && heard->can_go_on && !is_final(*deciding_one(attempts).failure);
}

bool is_to_go_on(const Policy& policy, std::span<const Attempt> attempts) {
  return policy.continue_hops > 0 && goes_on(attempts);
}

config::Features needs_now(const Demand& demand, const Policy& policy, std::span<const Attempt> attempts) {
  config::Features needs = demand.needs;
  if (is_to_go_on(policy, attempts)) needs.set(static_cast<std::size_t>(config::Feature::prefill));
  return needs;
}

}  // namespace routing
