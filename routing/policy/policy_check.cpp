#include "routing/policy/policy_check.hpp"

#include <algorithm>
#include <cmath>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "routing/language/complaint.hpp"

namespace routing {

namespace {

config::Problem warning(const Rule& rule, const std::string& path, std::string message,
                        std::string suggestion) {
  return about_whole({.text = rule.text, .place = rule.place}, path, std::move(message),
                     std::move(suggestion), config::Severity::warning);
}

std::string path_of(const Policy& policy) {
  return "policies." + policy.name.text;
}

// How near the host that comes nearest is to a limit that all miss; nothing when one keeps it, or none is
// known.
struct Nearest {
  Margin margin{};
  const Endpoint* endpoint = nullptr;
};
// `measured` may be empty.
std::optional<Nearest> nearest_miss(const Rule& rule, const Catalogue& catalogue,
                                    std::span<const Measured> measured) {
  std::optional<Nearest> nearest;
  for (const Endpoint& endpoint : catalogue.endpoints()) {
    const View view{.endpoint = &endpoint,
                    .measured = measured.empty() ? nullptr : &measured[endpoint.index]};
    const Truth truth = rule.expression.outcome(view);
    if (truth == Truth::yes) return std::nullopt;
    const std::optional<Margin> margin = rule.expression.margin(view);
    if (truth != Truth::no || !margin) continue;
    const auto gap = [](const Margin& each) { return std::abs(each.found - each.limit); };
    if (!nearest || gap(*margin) < gap(nearest->margin)) nearest = Nearest{*margin, &endpoint};
  }
  return nearest;
}

std::string words(const Nearest& nearest) {
  return nearest.endpoint->settings->name.text + " with " +
         to_text(nearest.margin.found, nearest.margin.dimension);
}

bool reads_more_than_declared(const Rule& rule) {
  return rule.expression.reads(Source::predicted) || rule.expression.reads(Source::measured) ||
         rule.expression.reads(Source::request);
}

// With nothing but the endpoint in sight, what is live or the request's own has no evidence and may yet be
// true, also where it stands beside something that is not declared.
enum class Chance { some, refused, undeclared };
Chance chance_of(const Rule& rule, const Endpoint& endpoint) {
  switch (rule.expression.outcome(View{.endpoint = &endpoint})) {
    case Truth::no:
      return Chance::refused;
    case Truth::undeclared:
      return reads_more_than_declared(rule) ? Chance::some : Chance::undeclared;
    default:
      return Chance::some;
  }
}

std::vector<const Rule*> rules_of(const std::shared_ptr<const Always>& always) {
  std::vector<const Rule*> rules;
  if (!always) return rules;
  for (const AlwaysRule& each : *always) rules.push_back(&each.rule);
  return rules;
}

// Every rule that holds at the last step of relaxing: what is given up on the way refuses nobody for good.
std::vector<const Rule*> lasting_rules(const Policy& policy) {
  std::vector<const Rule*> rules = rules_of(policy.always);
  for (const Rule& rule : policy.allow) rules.push_back(&rule);
  for (const Rule& rule : limits_after(policy, policy.relax.size())) rules.push_back(&rule);
  return rules;
}

// Whom one rule refuses on declared facts.
struct Refusing {
  const Rule* rule = nullptr;
  std::size_t endpoints = 0;
  std::size_t undeclared = 0;  // of them, because they do not say
};

std::string numbers_of(const Refusing& refusal, std::size_t all) {
  return in_quotes(refusal.rule->text) + " refuses " + std::to_string(refusal.endpoints) + " of " +
         std::to_string(all);
}

std::string advice_on(const Refusing& worst, const Catalogue& catalogue) {
  const bool alone = worst.endpoints == catalogue.endpoints().size();
  if (worst.undeclared > 0) {
    return "what is not declared counts as not satisfied: declare it for the providers you trust, or widen "
           "the "
           "rule";
  }
  const std::optional<Nearest> nearest = nearest_miss(*worst.rule, catalogue, {});
  return nearest ? "the nearest is " + words(*nearest) : alone ? "widen the rule" : "widen one of them";
}

// `what`: whose rules they are, "this policy".
enum class Anybody { none, some };
Anybody check_declared(const std::vector<const Rule*>& rules, const std::string& path,
                       const std::string& what, const Catalogue& catalogue, config::Problems& problems) {
  std::vector<Refusing> refusals;
  for (const Rule* rule : rules) refusals.push_back({.rule = rule});
  for (const Endpoint& endpoint : catalogue.endpoints()) {
    bool refused = false;
    for (Refusing& refusal : refusals) {
      const Chance chance = chance_of(*refusal.rule, endpoint);
      if (chance == Chance::some) continue;
      ++refusal.endpoints;
      refusal.undeclared += chance == Chance::undeclared ? 1 : 0;
      refused = true;
    }
    if (!refused) return Anybody::some;
  }
  const std::size_t all = catalogue.endpoints().size();
  std::ranges::stable_sort(refusals, std::greater(), &Refusing::endpoints);
  // One rule may be enough; else it takes several to leave nobody.
  std::string who = numbers_of(refusals.front(), all);
  for (std::size_t i = 1; refusals.front().endpoints < all && i < refusals.size(); ++i) {
    if (refusals[i].endpoints > 0) who += ", " + numbers_of(refusals[i], all);
  }
  problems.push_back(warning(*refusals.front().rule, path,
                             "no endpoint can satisfy " + what + " on its declared facts: " + who,
                             advice_on(refusals.front(), catalogue)));
  return Anybody::none;
}

// A preference that nobody can meet orders nobody.
void check_preferences(const Policy& policy, const Catalogue& catalogue, config::Problems& problems) {
  for (const Rule& rule : policy.prefer) {
    const bool met = std::ranges::any_of(catalogue.endpoints(), [&](const Endpoint& endpoint) {
      return chance_of(rule, endpoint) == Chance::some;
    });
    if (met) continue;
    problems.push_back(warning(rule, path_of(policy),
                               "no endpoint can meet " + in_quotes(rule.text) +
                                   " on its declared facts, so preferring it changes nothing",
                               ""));
  }
}

void check_measured(const Rule& rule, const std::string& path, const std::string& advice,
                    const Catalogue& catalogue, std::span<const Measured> measured,
                    config::Problems& problems) {
  if (measured.size() != catalogue.endpoints().size() || !rule.expression.reads(Source::measured)) return;
  const std::optional<Nearest> nearest = nearest_miss(rule, catalogue, measured);
  if (!nearest) return;
  problems.push_back(warning(
      rule, path, "no host has met " + in_quotes(rule.text) + "; the nearest is " + words(*nearest), advice));
}

// What always holds, for each of those for whom it is more than for everybody. Without endpoints for
// everybody there is no more to say of the policies.
Anybody check_always(const AlwaysRules& always, const Catalogue& catalogue,
                     std::span<const Measured> measured, config::Problems& problems) {
  const std::vector<AlwaysRules::Joined>& all = always.all();
  for (const AlwaysRules::Joined& joined : all) {
    if (!joined.rules) continue;
    const Anybody left =
        check_declared(rules_of(joined.rules), joined.path, "what always holds here", catalogue, problems);
    if (left == Anybody::none && &joined == &all.front()) return left;
    if (&joined != &all.front()) continue;
    for (const Rule* rule : rules_of(joined.rules))
      check_measured(*rule, joined.path, "widen the limit: nothing relaxes it", catalogue, measured,
                     problems);
  }
  return Anybody::some;
}

}  // namespace

void check_policies(const PolicySet& policies, const Catalogue& catalogue, std::span<const Measured> measured,
                    config::Problems& problems) {
  if (catalogue.endpoints().empty()) return;
  if (check_always(policies.always(), catalogue, measured, problems) == Anybody::none) return;
  for (const Policy& policy : policies.policies()) {
    if (policy.place.line == 0) continue;
    check_declared(lasting_rules(policy), path_of(policy), "this policy", catalogue, problems);
    check_preferences(policy, catalogue, problems);
    for (const Rule& rule : policy.require)
      check_measured(rule, path_of(policy), "widen the limit, or add a looser one to `relax`", catalogue,
                     measured, problems);
  }
}

}  // namespace routing
