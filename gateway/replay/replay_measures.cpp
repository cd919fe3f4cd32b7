#include "gateway/replay/replay_measures.hpp"

#include <algorithm>
#include <cmath>

#include "routing/decision/retry.hpp"

namespace gateway {
namespace {

using config::Seconds;
using routing::Attempt;

bool has_failed(const LoggedRequest& request) {
  if (request.ending == Ending::answered || request.ending == Ending::client_left) return false;
  // The request itself was at fault, and would have been anywhere.
  if (request.attempts.empty()) return true;
  const Attempt& last = routing::deciding_one(request.attempts);
  if (!last.failure) return true;
  const routing::FailureKind kind = last.failure->kind;
  return kind != routing::FailureKind::rejected && kind != routing::FailureKind::too_long;
}

const routing::Verdict* verdict_on(const routing::Decision& decision,
                                   std::optional<routing::EndpointIndex> endpoint) {
  const auto found = std::ranges::find(decision.verdicts, endpoint, &routing::Verdict::endpoint);
  return endpoint && found != decision.verdicts.end() ? &*found : nullptr;
}

// That all fail who would be asked in turn. Each attempt of a live request goes to another host, too.
double chance_of_failing(const routing::Decision& decision, const routing::Policy& policy,
                         const routing::Verdict& first) {
  double chance = first.prediction.failure;
  std::size_t left = routing::most_attempts(policy) - 1;
  for (const std::uint32_t place : decision.order) {
    if (left == 0) break;
    const routing::Verdict& next = decision.verdicts[place];
    if (next.endpoint == first.endpoint) continue;
    chance *= next.prediction.failure;
    --left;
  }
  return chance;
}

}  // namespace

Outcome seen(const LoggedRequest& request) {
  Outcome outcome;
  for (const Attempt& attempt : request.attempts) outcome.cost.value += attempt.cost.dollars();
  outcome.failed.value = has_failed(request) ? 1 : 0;
  outcome.first_token.of = outcome.whole.of = 0;
  if (request.ending != Ending::answered || request.attempts.empty()) return outcome;
  const Attempt& last = routing::deciding_one(request.attempts);
  if (!last.finished) return outcome;
  const Seconds before = last.dispatched - request.demand.admitted;
  // A reply that comes whole has its first token at its end.
  const bool is_streamed = request.demand.delivery == routing::Delivery::streamed;
  const auto first = is_streamed && last.first_visible ? *last.first_visible : *last.finished;
  outcome.first_token = {(before + Seconds(first)).count(), 1};
  outcome.whole = {(before + Seconds(*last.finished)).count(), 1};
  return outcome;
}

Outcome expected(const routing::Decision& decision, const routing::Policy& policy,
                 std::optional<routing::EndpointIndex> first_asked, routing::Delivery delivery) {
  const routing::Verdict* const verdict = verdict_on(decision, first_asked);
  Outcome outcome;
  if (!verdict) {
    outcome.failed.value = 1;
    outcome.first_token.of = outcome.whole.of = 0;
    return outcome;
  }
  const routing::Prediction& p = verdict->prediction;
  // The mean of a log-normal lies above its median; what is uncertain beyond reason does not count.
  const double mean = std::exp(std::min(1.0, p.ttft_log_sd * p.ttft_log_sd) / 2);
  // A failed attempt is followed by another one, as in the cost of a decision.
  const double again = 1 + 0.6 * p.failure, wasted = 1.5 * p.failure;
  const double first = p.ttft * mean * again + wasted;
  const double whole = first + p.generation * again;
  outcome.cost.value = p.price * again;
  outcome.first_token.value = delivery == routing::Delivery::streamed ? first : whole;
  outcome.whole.value = whole;
  outcome.failed.value = chance_of_failing(decision, policy, *verdict);
  return outcome;
}

}  // namespace gateway
