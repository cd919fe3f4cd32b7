#include "routing/decision/hedge.hpp"

#include <algorithm>
#include <cmath>

#include "routing/decision/candidates.hpp"
#include "routing/decision/cost.hpp"

namespace routing {
namespace {

constexpr double shortest = 0.3;  // seconds
constexpr double over_p95 = 1.1;
constexpr double most_shut = 0.4;  // of the hosts
constexpr double z95 = 1.645;

bool is_shut(Removal removal) {
  return removal == Removal::open || removal == Removal::recovering || removal == Removal::cooling ||
         removal == Removal::full || removal == Removal::not_ready || removal == Removal::credential_limit;
}

// What a second of waiting for the first token costs, as the decision reckoned it.
double value_of_ttft(const Policy& policy, const Verdict& verdict) {
  if (!policy.minimize) return policy.value_of_ttft;
  return verdict.prediction.ttft > 0 ? verdict.cost.ttft / verdict.prediction.ttft : 0;
}

// What the loser of the two is billed: its input, and its output where leaving does not end the bill.
double duplicate(const Prediction& prediction, const Endpoint& endpoint, const Demand& demand) {
  const double output = endpoint.dollars_per_output * prediction.expected_output * demand.answers;
  return endpoint.provider->cancel_stops_billing.value_or(false) ? std::max(0.0, prediction.price - output)
                                                                 : prediction.price;
}

}  // namespace

std::optional<config::Duration> hedge_after(const Decision& decision, const Policy& policy,
                                            const Demand& demand, const Catalogue& catalogue) {
  if (!decision.chosen || policy.hedge_budget <= 0) return std::nullopt;
  if (decision.reason == Reason::continues) return std::nullopt;
  // A whole reply has no first token to wait for.
  if (demand.delivery != Delivery::streamed) return std::nullopt;
  // Twice would be once too often. What the client runs it runs once: of one answer.
  if (demand.host_runs_tools) return std::nullopt;
  const Verdict* chosen = nullptr;
  const Verdict* other = nullptr;
  std::size_t shut = 0;
  for (const Verdict& verdict : decision.verdicts) shut += is_shut(verdict.removal) ? 1 : 0;
  if (static_cast<double>(shut) > most_shut * static_cast<double>(decision.verdicts.size()))
    return std::nullopt;
  for (const std::uint32_t i : decision.order) {
    const Verdict& verdict = decision.verdicts[i];
    if (verdict.endpoint == *decision.chosen) {
      chosen = &verdict;
    } else if (!other) {
      other = &verdict;
    }
  }
  if (!chosen || !other) return std::nullopt;
  const double value = value_of_ttft(policy, *chosen);
  if (!(value > 0)) return std::nullopt;
  const Prediction& slow = chosen->prediction;
  const double p95 = slow.first_delta * std::exp(z95 * slow.first_delta_log_sd);
  const Endpoint& asked = priced(catalogue.endpoints()[*decision.chosen], *chosen);
  const double dollars = decision.money * duplicate(slow, asked, demand);
  const double wait = std::max({shortest, over_p95 * p95, dollars / value + other->prediction.first_delta});
  return std::chrono::duration_cast<config::Duration>(config::Seconds{wait});
}

std::optional<EndpointIndex> second_to(EndpointIndex first, const Decision& decision) {
  const bool is_other = decision.chosen && *decision.chosen != first && !decision.trials_allowed;
  return is_other ? decision.chosen : std::nullopt;
}

std::optional<config::TimePoint> beside_at(const Decision& decision, const Policy& policy,
                                           const Demand& demand, const Catalogue& catalogue,
                                           config::TimePoint now) {
  const auto wait = hedge_after(decision, policy, demand, catalogue);
  if (!wait || now + *wait >= demand.deadline) return std::nullopt;
  return now + *wait;
}

}  // namespace routing
