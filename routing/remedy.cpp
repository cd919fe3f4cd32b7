#include "routing/remedy.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

namespace routing {
namespace {

// How far off, as a share of the limits; a rule that is no comparison of numbers counts as one whole.
double distance(const Remedy& remedy) {
  double sum = 0;
  for (const Remedy::Limit& each : remedy.limits) {
    const double limit = each.margin ? std::abs(each.margin->limit) : 0;
    sum += limit > 0 ? std::abs(each.margin->found - each.margin->limit) / limit : 1;
  }
  return sum;
}

Remedy remedy_of(const Verdict& verdict, const std::vector<Rule>& limits, const View& view) {
  Remedy remedy{.endpoint = verdict.endpoint, .limits = {}, .filter = verdict.filter};
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
  const std::vector<Rule>& limits = limits_after(policy, decision.relaxed);
  std::optional<Remedy> best;
  std::pair<std::size_t, double> least{std::numeric_limits<std::size_t>::max(), 0};
  for (const Verdict& verdict : decision.verdicts) {
    if (verdict.removal != Removal::policy_require && verdict.removal != Removal::overlay) continue;
    const View view{&snapshot.catalogue->endpoints()[verdict.endpoint], &verdict.prediction,
                    &snapshot.endpoints[verdict.endpoint].measured, &demand};
    Remedy remedy = remedy_of(verdict, limits, view);
    const std::size_t rules = remedy.limits.size() + (remedy.filter != Filter::none ? 1 : 0);
    const std::pair size{rules, distance(remedy)};
    if (size >= least) continue;
    least = size;
    best = std::move(remedy);
  }
  return best;
}

}  // namespace routing
