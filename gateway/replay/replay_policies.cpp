#include "gateway/replay/replay_policies.hpp"

#include <algorithm>

#include "routing/policy/overlay.hpp"

namespace gateway {
namespace {

using routing::Policy;
using routing::PolicySet;
using routing::Rule;

std::string joined(const std::vector<std::string>& names) {
  std::string text;
  for (const std::string& name : names) text += (text.empty() ? "" : ", ") + name;
  return text;
}

// What always holds comes with the policies: for a key that they do not know, what holds for its team.
void take_always(const config::Settings& from, config::Settings& settings) {
  settings.always = from.always;
  settings.teams = from.teams;
  for (config::KeySettings& key : settings.keys) {
    const auto same = std::ranges::find(from.keys, key.name, &config::KeySettings::name);
    key.always = same == from.keys.end() ? config::AlwaysSettings{} : same->always;
    if (same != from.keys.end()) key.team = same->team;
  }
}

const config::KeySettings* key_of(const routing::Catalogue& catalogue, const std::string& name) {
  const std::vector<config::KeySettings>& keys = catalogue.settings().keys;
  const auto found = std::ranges::find(keys, config::KeyName{name}, &config::KeySettings::name);
  return found == keys.end() ? nullptr : &*found;
}

bool names_identity(const Rule& rule) {
  return rule.expression.reads(routing::Fact::user) || !rule.expression.headers().empty();
}

}  // namespace

const PolicySet* ReplayPolicies::set_for(const routing::Catalogue& catalogue) {
  const auto known = sets_.find(&catalogue);
  if (known != sets_.end()) return known->second.get();
  config::Settings settings = catalogue.settings();
  if (instead_) {
    settings.policies = instead_->policies;
    settings.rules.clear();
    settings.default_policy.reset();
    take_always(*instead_, settings);
  }
  config::Problems problems;
  auto set = std::make_unique<const PolicySet>(routing::compile(settings, problems));
  const auto error = std::ranges::find(problems, config::Severity::error, &config::Problem::severity);
  if (error != problems.end()) {
    problem_ = "the policies do not fit the recorded hosts: " + config::to_text(*error);
    set = nullptr;
  }
  return (sets_[&catalogue] = std::move(set)).get();
}

const Policy* ReplayPolicies::find(const routing::Catalogue& catalogue, const std::string& name,
                                   const LoggedRequest& request) {
  const PolicySet* set = set_for(catalogue);
  if (!set) return nullptr;
  const Policy* policy = name.empty() ? &nameless_ : set->find(name, key_of(catalogue, request.demand.key));
  if (!policy) problem_ = "there is no policy \"" + name + "\"; there are " + joined(set->names());
  if (!policy || !request.preferences) return policy;
  overlaid_ = routing::overlaid(*policy, std::make_shared<const routing::Overlay>(*request.preferences));
  return &overlaid_;
}

bool may_read_identity(const Policy& policy) {
  const auto any = [](const std::vector<Rule>& rules) { return std::ranges::any_of(rules, names_identity); };
  const auto& always = policy.always;
  return (always && std::ranges::any_of(*always, names_identity, &routing::AlwaysRule::rule)) ||
         any(policy.allow) || any(policy.require) || any(policy.prefer) ||
         (policy.minimize && names_identity(*policy.minimize)) ||
         (policy.choose && names_identity(*policy.choose)) ||
         std::ranges::any_of(policy.relax, [&](const auto& step) { return any(step.require); });
}

}  // namespace gateway
