#include "routing/policy_picks.hpp"

#include <map>

#include "routing/bounds.hpp"
#include "routing/complaint.hpp"
#include "routing/piece.hpp"

namespace routing {
namespace {

std::string number(std::size_t rule) {
  return "rule " + std::to_string(rule + 1);
}

void never_matches(const config::SourceText& when, const std::string& path, const std::string& because,
                   config::Problems& problems) {
  problems.push_back(to_problem({.begin = 0,
                                 .end = when.text.size(),
                                 .message = "this rule can never match: " + because,
                                 .suggestion = "",
                                 .severity = config::Severity::warning},
                                when, path));
}

}  // namespace

std::vector<PolicySet::Pick> picks_of(const std::vector<config::RuleSettings>& rules,
                                      const Vocabulary& vocabulary, const FindPolicy& find,
                                      config::Problems& problems) {
  std::vector<PolicySet::Pick> picks;
  std::map<std::string, std::size_t> earlier;
  std::optional<std::size_t> catches_all;
  for (std::size_t i = 0; i < rules.size(); ++i) {
    const config::RuleSettings& rule = rules[i];
    const std::string path = "rules[" + std::to_string(i) + "]", when = path + ".when";
    const std::optional<std::size_t> policy = find(rule.policy.text, rule.place, path + ".policy");
    const Pieces pieces = compile_text(rule.when, when, Use::when, vocabulary, problems);
    if (pieces.empty()) continue;
    const Piece& piece = pieces.front();
    if (catches_all) never_matches(rule.when, when, number(*catches_all) + " takes every request", problems);
    const auto [same, is_new] = earlier.emplace(piece.written, i);
    if (!is_new) never_matches(rule.when, when, number(same->second) + " asks the same", problems);
    const Truth certainty = certainty_of(*piece.tree, piece.node);
    const std::string clash = contradiction(*piece.tree, rule.when.text);
    if (certainty == Truth::no || !clash.empty()) {
      never_matches(rule.when, when, clash.empty() ? "no value can make it true" : clash, problems);
    }
    if (certainty == Truth::yes && !catches_all) catches_all = i;
    if (policy) {
      picks.push_back({.when = piece.rule, .policy = *policy, .why = number(i) + ": " + piece.rule.text});
    }
  }
  return picks;
}

}  // namespace routing
