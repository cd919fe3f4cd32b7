#include "routing/decision/withdrawal.hpp"

#include <algorithm>

#include "routing/market/predict.hpp"
#include "routing/policy/overlay.hpp"

namespace routing {
namespace {

const Endpoint* same_in(const Catalogue& catalogue, const Endpoint& endpoint) {
  const auto is_same = [&](const Endpoint& each) {
    return each.name_hash == endpoint.name_hash && each.settings->name == endpoint.settings->name &&
           each.model->name == endpoint.model->name && each.provider->name == endpoint.provider->name &&
           each.provider->base_url.host == endpoint.provider->base_url.host;
  };
  const auto found = std::ranges::find_if(catalogue.endpoints(), is_same);
  return found == catalogue.endpoints().end() ? nullptr : &*found;
}

bool is_allowed(const Endpoint& same, const Demand& demand, const Snapshot& newest, const Policy& policy,
                const Policy& own, config::TimePoint now) {
  const EndpointState& state = newest.endpoints[same.index];
  const Endpoint& endpoint = priced_for(same, state, demand);
  if (own.overlay && own.overlay->filter(endpoint, demand.needs) != Filter::none) return false;
  const Prediction prediction =
      predict(endpoint, state, asked(demand, newest.lengths.get()), 0, /*in_flight=*/0, now);
  const View view{&endpoint, &prediction, &state.measured, &demand};
  if (first_broken(policy.always, view) >= 0 || first_broken(own.always, view) >= 0) return false;
  return std::ranges::all_of(policy.allow, [&](const Rule& rule) { return rule.expression.truth(view); });
}

}  // namespace

void find_withdrawn(const Catalogue& began, const Demand& demand, const Snapshot& newest,
                    const Policy& policy, const Policy& own, config::TimePoint now,
                    std::vector<EndpointIndex>& withdrawn) {
  withdrawn.clear();
  const auto look_at = [&](const PublicModel* model) {
    if (!model) return;
    for (const Candidate& candidate : model->candidates) {
      const Endpoint* same = same_in(*newest.catalogue, began.endpoints()[candidate.endpoint]);
      if (!same || !is_allowed(*same, demand, newest, policy, own, now))
        withdrawn.push_back(candidate.endpoint);
    }
  };
  look_at(demand.model);
  for (const PublicModel* model : demand.fallbacks) look_at(model);
}

}  // namespace routing
