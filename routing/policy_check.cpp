#include "routing/policy_check.hpp"

#include <algorithm>
#include <cmath>
#include <optional>
#include <string>
#include <vector>

#include "routing/complaint.hpp"

namespace routing {

namespace {

config::Problem warning(const config::Place& place, const Policy& policy, std::string message,
                        std::string suggestion) {
  return {.severity = config::Severity::warning,
          .place = place,
          .path = "policies." + policy.name.text,
          .message = std::move(message),
          .suggestion = std::move(suggestion),
          .excerpt = ""};
}

// With nothing but the endpoint in sight, what is live or the request's own has no evidence and may yet be
// true.
bool possible(const Rule& rule, const Endpoint& endpoint) {
  const Truth truth = rule.expression.outcome(View{.endpoint = &endpoint});
  return truth == Truth::yes || truth == Truth::no_evidence;
}

// Every rule that holds at the last step of relaxing: what is given up on the way refuses nobody for good.
std::vector<const Rule*> lasting_rules(const Policy& policy) {
  std::vector<const Rule*> rules;
  for (const Rule& rule : policy.allow) rules.push_back(&rule);
  for (const Rule& rule : limits_after(policy, policy.relax.size())) rules.push_back(&rule);
  return rules;
}

void check_declared(const Policy& policy, const Catalogue& catalogue, config::Problems& problems) {
  const std::vector<const Rule*> rules = lasting_rules(policy);
  std::vector<std::size_t> refusals(rules.size(), 0);
  for (const Endpoint& endpoint : catalogue.endpoints()) {
    bool refused = false;
    for (std::size_t i = 0; i < rules.size(); ++i) {
      if (possible(*rules[i], endpoint)) continue;
      ++refusals[i];
      refused = true;
    }
    if (!refused) return;
  }
  const auto worst = static_cast<std::size_t>(std::ranges::max_element(refusals) - refusals.begin());
  problems.push_back(warning(rules[worst]->place, policy,
                             "no endpoint can satisfy this policy on its declared facts: " +
                                 quoted(rules[worst]->text) + " refuses " + std::to_string(refusals[worst]) +
                                 " of " + std::to_string(catalogue.endpoints().size()),
                             "what is not declared counts as not satisfied: declare it for the providers you "
                             "trust, or widen the rule"));
}

// How near the host that comes nearest is to a limit that all miss; nothing when one keeps it, or none is
// known.
struct Nearest {
  Margin margin{};
  const Endpoint* endpoint = nullptr;
};
std::optional<Nearest> nearest_miss(const Rule& rule, const Catalogue& catalogue,
                                    std::span<const Measured> measured) {
  std::optional<Nearest> nearest;
  for (const Endpoint& endpoint : catalogue.endpoints()) {
    const View view{.endpoint = &endpoint, .measured = &measured[endpoint.index]};
    const Truth truth = rule.expression.outcome(view);
    if (truth == Truth::yes) return std::nullopt;
    const std::optional<Margin> margin = rule.expression.margin(view);
    if (truth != Truth::no || !margin) continue;
    const auto gap = [](const Margin& each) { return std::abs(each.found - each.limit); };
    if (!nearest || gap(*margin) < gap(nearest->margin)) nearest = Nearest{*margin, &endpoint};
  }
  return nearest;
}

void check_measured(const Policy& policy, const Catalogue& catalogue, std::span<const Measured> measured,
                    config::Problems& problems) {
  for (const Rule& rule : policy.require) {
    if (!rule.expression.reads(Source::measured)) continue;
    const std::optional<Nearest> nearest = nearest_miss(rule, catalogue, measured);
    if (!nearest) continue;
    problems.push_back(warning(rule.place, policy,
                               "no host has met " + quoted(rule.text) + "; the nearest is " +
                                   nearest->endpoint->settings->name.text + " with " +
                                   to_text(nearest->margin.found, nearest->margin.dimension),
                               "widen the limit, or add a looser one to `relax`"));
  }
}

}  // namespace

void check_policies(const PolicySet& policies, const Catalogue& catalogue, std::span<const Measured> measured,
                    config::Problems& problems) {
  if (catalogue.endpoints().empty()) return;
  for (const Policy& policy : policies.policies()) {
    if (policy.place.line == 0) continue;
    check_declared(policy, catalogue, problems);
    if (measured.size() == catalogue.endpoints().size())
      check_measured(policy, catalogue, measured, problems);
  }
}

}  // namespace routing
