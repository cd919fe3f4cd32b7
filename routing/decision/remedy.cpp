#include "routing/decision/remedy.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

#include "routing/decision/candidates.hpp"
#include "routing/market/predict.hpp"

namespace routing {
namespace {

// How far off, as a share of the limit; what is no comparison of numbers counts as one whole.
double distance(const std::optional<Margin>& margin) {
  const double limit = margin ? std::abs(margin->limit) : 0;
  return limit > 0 ? std::abs(margin->found - margin->limit) / limit : 1;
}
double distance(const Remedy& remedy) {
  double sum = 0;
  for (const Remedy::Limit& each : remedy.limits) sum += distance(each.margin);
  for (const Objection& each : remedy.objections) sum += distance(each.margin);
  return sum;
}

Remedy remedy_of(const Verdict& verdict, const Policy& policy, const std::vector<Rule>& limits,
                 const View& view) {
  Remedy remedy{.endpoint = verdict.endpoint, .limits = {}, .objections = {}};
  if (policy.overlay) remedy.objections = policy.overlay->objections(*view.endpoint, view.demand->needs);
  for (const Rule& rule : limits) {
    if (rule.expression.truth(view)) continue;
    remedy.limits.push_back({.rule = &rule, .margin = rule.expression.margin(view)});
  }
  return remedy;
}

}  // namespace

std::optional<Remedy> smallest_remedy(const Snapshot& snapshot, const Policy& policy, const Demand& demand,
                                      const Decision& decision) {
  if (!decision.order.empty()) return std::nullopt;
  // What the policy gives up by itself, it need not be asked to.
  const std::vector<Rule>& limits = limits_after(policy, policy.relax.size());
  std::optional<Remedy> best;
  std::pair<std::size_t, double> least{std::numeric_limits<std::size_t>::max(), 0};
  for (const Verdict& verdict : decision.verdicts) {
    if (verdict.removal != Removal::policy_require && verdict.removal != Removal::overlay) continue;
    const EndpointState& state = snapshot.endpoints[verdict.endpoint];
    const View view{&priced(snapshot.catalogue->endpoints()[verdict.endpoint], verdict), &verdict.prediction,
                    &state.measured, &demand};
    Remedy remedy = remedy_of(verdict, policy, limits, view);
    const std::pair size{remedy.limits.size() + remedy.objections.size(), distance(remedy)};
    if (size >= least) continue;
    least = size;
    best = std::move(remedy);
  }
  return best;
}

}  // namespace routing
