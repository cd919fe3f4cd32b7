#include "gateway/recall/recall.hpp"

#include <algorithm>

namespace gateway {

std::variant<Recalled, NotRecalled> recall(RecordReader& reader, std::string_view id) {
  auto stored = reader.find(id);
  if (!stored) {
    return NotRecalled{NotRecalled::Why::not_there,
                       "no request of that id is in the records: it is older than they are kept, was refused "
                       "for want of a key or for what its body says, was one of very many that were refused "
                       "in a second, or was another gateway's"};
  }
  Recalled recalled{.request = std::move(stored->request), .catalogue = nullptr, .policy = nullptr};
  recalled.catalogue = reader.catalogue_at(recalled.request.decisions.at(0).snapshot);
  if (!recalled.catalogue) {
    return NotRecalled{NotRecalled::Why::damaged,
                       "the hosts that the request could choose among are no longer in the records"};
  }
  recalled.policy = reader.rule_book(recalled.request.rule_book);
  if (!recalled.policy) {
    auto nameless = std::make_shared<routing::Policy>();
    nameless->name.text = recalled.request.policy;
    nameless->hash = recalled.request.policy_hash;
    recalled.policy = std::move(nameless);
  }
  return recalled;
}

routing::Decision decision_of(const Recalled& recalled, std::size_t place) {
  const routing::LoggedDecision& logged = recalled.request.decisions[place];
  routing::Decision decision{.chosen = logged.chosen,
                             .reason = logged.reason,
                             .propensity = logged.propensity,
                             .explored_dollars = logged.explored_dollars,
                             .expected_dollars = logged.expected_dollars,
                             .money = logged.money,
                             .relaxed = std::min<std::size_t>(logged.relaxed, recalled.policy->relax.size()),
                             .snapshot = logged.snapshot,
                             .seed = logged.seed,
                             .length = logged.length,
                             .verdicts = {},
                             .order = {},
                             .earliest = logged.earliest};
  const std::size_t endpoints = recalled.catalogue->endpoints().size();
  for (const routing::SeenVerdict& seen : logged.seen_of) {
    if (seen.endpoint >= endpoints || seen.removal >= routing::removals) continue;
    decision.verdicts.push_back(routing::verdict_of(seen));
    // How many were allowed at once is not kept.
    if ((seen.flags & routing::SeenVerdict::is_trial) != 0) decision.trials_allowed = 1;
  }
  if (decision.chosen && *decision.chosen >= endpoints) decision.chosen.reset();
  return decision;
}

routing::Demand demand_of(const Recalled& recalled) {
  const routing::LoggedDemand& logged = recalled.request.demand;
  const routing::Catalogue& catalogue = *recalled.catalogue;
  routing::Demand demand;
  demand.model = catalogue.find(logged.model);
  for (const std::string& name : logged.fallbacks) {
    if (const auto* model = catalogue.find(name)) demand.fallbacks.push_back(model);
  }
  demand.model_requested = logged.model_requested;
  demand.prompt = logged.prompt, demand.max_output = logged.max_output;
  demand.lowers_max_output = logged.lowers_max_output, demand.answers = logged.answers;
  demand.needs = logged.needs, demand.delivery = logged.delivery;
  for (std::size_t i = 0; i < logged.unfit.size(); ++i) {
    const std::string why = i < logged.unfit_for.size() ? logged.unfit_for[i] : "0";
    demand.unfit.push_back({.endpoint = logged.unfit[i],
                            .why = static_cast<routing::Unfit::Why>(why.empty() ? 0 : why[0] - '0'),
                            .parameter = why.empty() ? "" : why.substr(1)});
  }
  demand.admitted = logged.admitted, demand.deadline = logged.deadline, demand.wall = logged.wall;
  demand.tier = logged.tier, demand.geo = logged.geo, demand.pictures = logged.pictures;
  demand.cache_marks = logged.cache_marks, demand.searches = logged.searches;
  demand.host_runs_tools = logged.host_runs_tools;
  return demand;
}

std::span<const routing::Attempt> tried_before(const Recalled& recalled, std::size_t place) {
  const routing::Attempts& all = recalled.request.attempts;
  const std::size_t tried = std::min<std::size_t>(recalled.request.decisions[place].tried, all.size());
  return {all.data(), tried};
}

std::optional<std::size_t> decision_for(const LoggedRequest& request, std::size_t attempt) {
  for (std::size_t i = request.decisions.size(); i-- > 0;) {
    const routing::LoggedDecision& decision = request.decisions[i];
    if (decision.tried == attempt && decision.chosen == request.attempts[attempt].endpoint) return i;
  }
  return std::nullopt;
}

}  // namespace gateway
