#include "routing/decision/retry.hpp"

#include <algorithm>
#include <string_view>

#include "routing/decision/continuation.hpp"

namespace routing {
namespace {

using namespace std::chrono_literals;

constexpr config::Duration first_backoff = 50ms;
constexpr config::Duration longest_backoff = 2s;

// A route names its own; any other name has them in the request's list of fallbacks.
bool names_several_models(const Demand& demand) {
  return !demand.fallbacks.empty() || (demand.model && !demand.model->model);
}

// What no other endpoint can cure; empty when another may.
std::string_view final_reason(const Failure& failure, const Demand& demand) {
  if (failure.progress == Progress::client_has_bytes) return "the client already has bytes";
  switch (failure.kind) {
    case FailureKind::client_left:
      return "the client left";
    case FailureKind::outrun:
      return "another attempt answered";
    case FailureKind::deadline:
      return "no time left";
    case FailureKind::rejected:
      // Another model may take what this one does not; `plan` leaves out this one's other hosts.
      if (names_several_models(demand)) return {};
      return "the host rejected the request itself";
    default:
      return {};
  }
}

}  // namespace

std::size_t most_attempts(const Policy& policy) {
  return static_cast<std::size_t>(std::max(1, policy.attempts));
}

NextStep after_failure(const Attempts& attempts, const Demand& demand, const Policy& policy,
                       config::TimePoint now, double draw) {
  const Failure& failure = *deciding_one(attempts).failure;
  if (goes_on(attempts)) {
    return may_go_on(attempts, policy) ? NextStep(RetryAt{now}) : GiveUp{"the client already has bytes"};
  }
  if (const std::string_view why = final_reason(failure, demand); !why.empty()) return GiveUp{why};
  if (attempts.size() >= most_attempts(policy)) return GiveUp{"no attempts left"};

  // The second attempt is made at once: it goes elsewhere, and the client waits. Then full jitter: anywhere
  // up to a limit that doubles. Source: AWS Architecture Blog, "Exponential backoff and jitter", 2015.
  const config::Duration limit =
      attempts.size() < 2 ? config::Duration::zero()
                          : std::min(longest_backoff, first_backoff * (1 << (attempts.size() - 2)));
  const config::TimePoint time = now + std::chrono::duration_cast<config::Duration>(limit * draw);
  if (time >= demand.deadline) return GiveUp{"no time left"};
  return RetryAt{time};
}

}  // namespace routing
