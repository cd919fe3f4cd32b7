#include "routing/policy/policy_set.hpp"

#include <algorithm>
#include <utility>

namespace routing {

PolicySet::PolicySet(std::vector<Policy> policies, std::vector<Pick> picks, std::size_t default_policy)
    : policies_(std::move(policies)), picks_(std::move(picks)), default_policy_(default_policy) {}

const Policy* PolicySet::find(std::string_view name) const {
  const auto found =
      std::ranges::find(policies_, name, [](const Policy& each) { return std::string_view(each.name.text); });
  return found == policies_.end() ? nullptr : &*found;
}

std::vector<std::string> PolicySet::names() const {
  std::vector<std::string> result;
  for (const Policy& policy : policies_) result.push_back(policy.name.text);
  return result;
}

std::vector<std::string> PolicySet::headers() const {
  std::vector<std::string> result;
  const auto add = [&](const Rule& rule) {
    for (const std::string& name : rule.expression.headers()) {
      if (std::ranges::find(result, name) == result.end()) result.push_back(name);
    }
  };
  for (const Pick& pick : picks_) add(pick.when);
  for (const Policy& policy : policies_) {
    for (const auto* rules : {&policy.allow, &policy.require, &policy.prefer})
      std::ranges::for_each(*rules, add);
    for (const Relaxation& step : policy.relax) std::ranges::for_each(step.require, add);
    if (policy.minimize) add(*policy.minimize);
    if (policy.choose) add(*policy.choose);
  }
  return result;
}

Choice PolicySet::select(const Demand& demand) const {
  const View view{.demand = &demand};
  for (const Pick& pick : picks_) {
    if (pick.when.expression.truth(view)) return {&policies_[pick.policy], pick.why};
  }
  if (demand.key != nullptr && demand.key->policy) {
    if (const Policy* own = find(demand.key->policy->text)) return {own, "the policy of the key"};
  }
  return {&policies_[default_policy_], "the default policy"};
}

}  // namespace routing
