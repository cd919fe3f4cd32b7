#include "routing/replay/hindsight.hpp"

#include <cmath>

#include "routing/replay/afterwards.hpp"

namespace routing {

std::optional<Hindsight> in_hindsight(const Snapshot& after, const Policy& policy, const Demand& demand,
                                      const LoggedDecision& decision, const Attempt* answer,
                                      config::TimePoint now) {
  const std::vector<SeenVerdict>& all = decision.seen_of;
  const auto chosen = std::ranges::find_if(all, [&](const auto& s) { return decision.chosen == s.endpoint; });
  if (!decision.chosen || chosen == all.end() || *decision.chosen >= after.endpoints.size())
    return std::nullopt;
  const Afterwards afterwards(after, policy, demand, decision, answer, now);
  const auto demoted = [](const SeenVerdict& seen) {
    const bool is_demoted = (seen.flags & SeenVerdict::is_demoted) != 0;
    return is_demoted ? Afterwards::Demoted::yes : Afterwards::Demoted::no;
  };
  const CostAfterwards own = afterwards.at(chosen->endpoint, demoted(*chosen));
  std::optional<Hindsight> result;
  for (const SeenVerdict& seen : all) {
    const bool could_be = static_cast<Removal>(seen.removal) == Removal::none && seen.tier <= chosen->tier;
    if (!could_be || seen.endpoint == chosen->endpoint || seen.endpoint >= after.endpoints.size()) continue;
    if (!afterwards.is_measured(seen.endpoint)) continue;
    const CostAfterwards other = afterwards.at(seen.endpoint, demoted(seen));
    if (!std::isfinite(other.cost) || !std::isfinite(own.cost)) continue;
    if (!result) result = Hindsight{.chosen_cost = own.cost};
    if (result->others++ > 0 && other.cost >= result->best_cost) continue;
    result->best = seen.endpoint;
    result->best_cost = other.cost;
    result->sd = std::sqrt(own.variance + other.variance);
  }
  return result;
}

}  // namespace routing
