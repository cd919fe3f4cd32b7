// From settings to a PolicySet: the family of policies with what they inherit, then the rules that pick one,
// then what holds under all of them.
#include <algorithm>
#include <optional>
#include <set>
#include <utility>

#include "routing/language/bounds.hpp"
#include "routing/language/complaint.hpp"
#include "routing/policy/policy_family.hpp"
#include "routing/policy/policy_picks.hpp"
#include "routing/policy/policy_set.hpp"
#include "routing/policy/relaxation.hpp"

namespace routing {

namespace {

constexpr double seconds_of_a_day = 86'400;

std::vector<Rule> rules_of(const Pieces& pieces) {
  std::vector<Rule> rules;
  for (const Piece& piece : pieces) rules.push_back(piece.rule);
  return rules;
}

void complain_of_contradictions(const config::PolicySettings& settings, const Parts& parts,
                                config::Problems& problems) {
  Together together;
  for (const Pieces* pieces : {&parts.allow, &parts.require}) {
    for (const Piece& piece : *pieces) {
      const std::string other = together.add(*piece.tree, piece.node, piece.rule.text);
      if (other.empty()) continue;
      problems.push_back(about_whole({.text = piece.rule.text, .place = piece.rule.place},
                                     "policies." + settings.name.text,
                                     in_quotes(piece.rule.text) + " and " + in_quotes(other) +
                                         " exclude each other: no endpoint can meet both",
                                     ""));
    }
  }
}

Policy policy_of(const config::PolicySettings& settings, const Parts& parts, config::Problems& problems) {
  complain_of_contradictions(settings, parts, problems);
  // What is missing has been complained about; that nothing is there to relax follows from it.
  config::Problems unheard;
  config::Problems& heard = parts.is_complete ? problems : unheard;
  Policy policy{.name = settings.name,
                .description = settings.description,
                .hash = hash_of(parts),
                .allow = rules_of(parts.allow),
                .require = rules_of(parts.require),
                .relax = ladder(parts.allow, parts.require, parts.relax,
                                "policies." + settings.name.text + ".relax", heard),
                .prefer = rules_of(parts.prefer)};
  policy.place = settings.place;
  if (parts.minimize) policy.minimize = parts.minimize->rule;
  if (parts.choose) policy.choose = parts.choose->rule;
  if (parts.value_of_time) {
    policy.value_of_ttft = policy.value_of_generation = parts.value_of_time->rule.expression.number(View{});
  }
  if (parts.budget) policy.budget = parts.budget->rule.expression.number(View{}) * seconds_of_a_day;
  if (parts.budget && parts.choose) {
    complain(problems, parts.budget->rule.place, "policies." + settings.name.text + ".budget",
             "`choose` draws by weights that no budget changes", "say what is best with `minimize`");
  }
  policy.attempts = parts.attempts.value_or(policy.attempts);
  policy.deadline = parts.deadline;
  policy.hedge_budget = parts.hedge_budget.value_or(policy.hedge_budget);
  policy.explore = parts.explore.value_or(policy.explore);
  policy.demotion = parts.demotion.value_or(policy.demotion);
  policy.continue_hops = parts.continue_hops.value_or(policy.continue_hops);
  return policy;
}

// What one policy does wrong is found again in those that extend it.
void forget_repetitions(config::Problems& problems) {
  std::set<std::string> seen;
  std::erase_if(problems, [&](const config::Problem& each) {
    return !seen.insert(each.place.file + ":" + std::to_string(each.place.line) + ":" +
                        std::to_string(each.place.column) + each.message)
                .second;
  });
}

}  // namespace

PolicySet compile(const config::Settings& settings, config::Problems& problems) {
  const Vocabulary vocabulary(settings);
  PolicyFamily family(settings.policies, vocabulary, problems);
  std::vector<Policy> policies;
  for (std::size_t i = 0; i < family.all().size(); ++i) {
    if (!family.goes_by_its_name(i)) continue;
    const Parts parts = family.whole(i);
    policies.push_back(policy_of(family.all()[i], parts, problems));
  }
  const FindPolicy find = [&](const std::string& name, const config::Place& place,
                              const std::string& path) -> std::optional<std::size_t> {
    const auto found = std::ranges::find(
        policies, name, [](const Policy& each) -> const std::string& { return each.name.text; });
    if (found != policies.end()) return static_cast<std::size_t>(found - policies.begin());
    complain(problems, place, path, "there is no policy " + in_quotes(name), family.suggestion(name));
    return std::nullopt;
  };
  std::vector<PolicySet::Pick> picks = picks_of(settings.rules, vocabulary, find, problems);
  const config::SourceText usual{.text = std::string(config::usual_policy), .place = {}};
  const config::SourceText& name = settings.default_policy.value_or(usual);
  const std::size_t by_default = find(name.text, name.place, "default_policy").value_or(0);
  AlwaysRules always(settings, vocabulary, problems);
  forget_repetitions(problems);
  return {std::move(policies), std::move(picks), by_default, std::move(always)};
}

}  // namespace routing
