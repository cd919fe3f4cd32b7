#include "routing/policy/policy_picks.hpp"

#include "routing/language/complaint.hpp"
#include "routing/policy/piece.hpp"
#include "routing/policy/rule_order.hpp"

namespace routing {

std::vector<PolicySet::Pick> picks_of(const std::vector<config::RuleSettings>& rules,
                                      const Vocabulary& vocabulary, const FindPolicy& find,
                                      config::Problems& problems) {
  std::vector<PolicySet::Pick> picks;
  RuleOrder order;
  for (std::size_t i = 0; i < rules.size(); ++i) {
    const config::RuleSettings& rule = rules[i];
    const std::string path = "rules[" + std::to_string(i) + "]", when = path + ".when";
    const std::optional<std::size_t> policy = find(rule.policy.text, rule.place, path + ".policy");
    const Pieces pieces = compile_text(rule.when, when, Use::when, vocabulary, problems);
    const Piece* piece = pieces.empty() ? nullptr : &pieces.front();
    const std::string why_never = order.add(piece, rule.when.text);
    if (!why_never.empty()) {
      problems.push_back(about_whole(rule.when, when, "this rule can never match: " + why_never, "",
                                     config::Severity::warning));
    }
    if (policy && piece) {
      picks.push_back({.when = piece->rule,
                       .policy = *policy,
                       .why = "rule " + std::to_string(i + 1) + ": " + piece->rule.text,
                       .why_not = "rule " + std::to_string(i + 1) + ": " + piece->rule.text +
                                  ": the key may not use its policy " + in_quotes(rule.policy.text)});
    }
  }
  return picks;
}

}  // namespace routing
