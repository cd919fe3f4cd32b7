#include "routing/policy/policy_set.hpp"

#include <algorithm>
#include <utility>

#include "routing/terms/draws.hpp"

namespace routing {

PolicySet::PolicySet(std::vector<Policy> policies, std::vector<Pick> picks, std::size_t default_policy,
                     AlwaysRules always)
    : always_(std::move(always)), picks_(std::move(picks)), default_policy_(default_policy) {
  for (const AlwaysRules::Joined& joined : always_.all()) {
    std::vector<Policy>& set = sets_.emplace_back(policies);
    for (Policy& policy : set) {
      policy.always = joined.rules;
      if (joined.hash != 0) policy.hash = mixed(policy.hash ^ joined.hash);
    }
  }
}

const Policy* PolicySet::find(std::string_view name, const config::KeySettings* key) const {
  const std::vector<Policy>& policies = policies_for(key);
  const auto found =
      std::ranges::find(policies, name, [](const Policy& each) { return std::string_view(each.name.text); });
  return found == policies.end() ? nullptr : &*found;
}

std::vector<std::string> PolicySet::names() const {
  std::vector<std::string> result;
  for (const Policy& policy : policies()) result.push_back(policy.name.text);
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
  for (const AlwaysRules::Joined& joined : always_.all()) {
    if (joined.rules) std::ranges::for_each(*joined.rules, add, &AlwaysRule::rule);
  }
  for (const Policy& policy : policies()) {
    for (const auto* rules : {&policy.allow, &policy.require, &policy.prefer})
      std::ranges::for_each(*rules, add);
    for (const Relaxation& step : policy.relax) std::ranges::for_each(step.require, add);
    if (policy.minimize) add(*policy.minimize);
    if (policy.choose) add(*policy.choose);
  }
  return result;
}

Choice PolicySet::select(const Demand& demand) const {
  const std::vector<Policy>& policies = policies_for(demand.key);
  const View view{.demand = &demand};
  for (const Pick& pick : picks_) {
    const Policy& policy = policies[pick.policy];
    if (pick.when.expression.truth(view) && may_use(demand.key, policy.name)) return {&policy, pick.why};
  }
  if (demand.key != nullptr && demand.key->policy) {
    if (const Policy* own = find(demand.key->policy->text, demand.key)) return {own, "the policy of the key"};
  }
  const Policy& by_default = policies[default_policy_];
  if (may_use(demand.key, by_default.name)) return {&by_default, "the default policy"};
  for (const config::PolicyName& name : demand.key->policies) {
    if (const Policy* first = find(name.text, demand.key))
      return {first, "the first policy that the key may use, since it may not use the default one"};
  }
  return {&by_default, "the default policy"};
}

std::vector<std::string_view> PolicySet::passed_over(const Demand& demand) const {
  std::vector<std::string_view> reasons;
  const View view{.demand = &demand};
  for (const Pick& pick : picks_) {
    if (!pick.when.expression.truth(view)) continue;
    if (may_use(demand.key, policies()[pick.policy].name)) break;
    reasons.push_back(pick.why_not);
  }
  return reasons;
}

bool may_use(const config::KeySettings* key, const config::PolicyName& policy) {
  return key == nullptr || key->policies.empty() ||
         std::ranges::find(key->policies, policy) != key->policies.end();
}

}  // namespace routing
