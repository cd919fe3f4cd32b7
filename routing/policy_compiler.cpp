// From settings to a PolicySet: each policy's own texts once, then inheritance, then the rules that pick one.
#include <algorithm>
#include <cmath>
#include <map>
#include <optional>
#include <set>
#include <utility>

#include "routing/bounds.hpp"
#include "routing/policy_parts.hpp"
#include "routing/policy_set.hpp"
#include "routing/relaxation.hpp"
#include "routing/shipped.hpp"

namespace routing {

using namespace dimensions;

namespace {

std::string quoted(std::string_view text) {
  return "`" + std::string(text) + "`";
}

std::vector<Rule> rules_of(const Pieces& pieces) {
  std::vector<Rule> rules;
  for (const Piece& piece : pieces) rules.push_back(piece.rule);
  return rules;
}

class Compiler {
 public:
  Compiler(const config::Settings& settings, config::Problems& problems)
      : settings_(settings), vocabulary_(settings), problems_(problems), all_(shipped_policies()) {
    shipped_count_ = all_.size();
    all_.insert(all_.end(), settings.policies.begin(), settings.policies.end());
  }

  PolicySet whole() {
    index_names();
    for (const config::PolicySettings& each : all_) own_.push_back(parts_of(each));
    std::vector<Policy> policies;
    for (std::size_t i = 0; i < all_.size(); ++i) {
      if (by_name_[all_[i].name.text] == i) policies.push_back(policy_of(i));
    }
    std::vector<PolicySet::Pick> picks = picks_of(policies);
    std::size_t by_default = 0;
    if (settings_.default_policy) {
      const config::SourceText& name = *settings_.default_policy;
      by_default = position(policies, name.text, name.place, "default_policy").value_or(0);
    }
    forget_repetitions();
    return {std::move(policies), std::move(picks), by_default};
  }

 private:
  void complain(const config::Place& place, std::string path, std::string message, std::string suggestion,
                config::Severity severity = config::Severity::error) {
    problems_.push_back({.severity = severity,
                         .place = place,
                         .path = std::move(path),
                         .message = std::move(message),
                         .suggestion = std::move(suggestion),
                         .excerpt = ""});
  }
  long errors() const {
    return std::ranges::count(problems_, config::Severity::error, &config::Problem::severity);
  }
  static std::string path_of(const config::PolicySettings& policy) { return "policies." + policy.name.text; }
  std::string near_policy(const std::string& name) const {
    std::vector<std::string> names;
    for (const config::PolicySettings& each : all_) names.push_back(each.name.text);
    const std::string near = config::nearest(name, names);
    if (!near.empty()) return "did you mean " + quoted(near) + "?";
    std::string list;
    for (const std::string& each : names) list += (list.empty() ? "" : ", ") + each;
    return "the policies are " + list;
  }

  void index_names() {
    for (std::size_t i = 0; i < all_.size(); ++i) {
      const config::PolicySettings& policy = all_[i];
      if (policy.name.text.empty() || policy.name.text.find_first_of(":/ \t") != std::string::npos) {
        complain(policy.place, path_of(policy), quoted(policy.name.text) + " cannot be the name of a policy",
                 "use letters, digits, `-` and `_`; requests name it after a colon");
      }
      const auto [known, is_new] = by_name_.emplace(policy.name.text, i);
      if (is_new) continue;
      if (known->second < shipped_count_) {
        complain(policy.place, path_of(policy), quoted(policy.name.text) + " is the name of a shipped policy",
                 "choose another name and write `extends: " + policy.name.text + "`");
      } else {
        complain(policy.place, path_of(policy),
                 "there are two policies named " + quoted(policy.name.text) + "; the other one is at line " +
                     std::to_string(all_[known->second].place.line),
                 "give one of them another name");
      }
    }
  }

  Pieces list(const std::vector<config::SourceText>& texts, const std::string& path, Use use) {
    Pieces pieces;
    for (std::size_t i = 0; i < texts.size(); ++i) {
      append(pieces,
             compile_text(texts[i], path + "[" + std::to_string(i) + "]", use, vocabulary_, problems_));
    }
    return pieces;
  }
  std::optional<Piece> single(const std::optional<config::SourceText>& text, const std::string& path,
                              Use use) {
    if (!text) return std::nullopt;
    Pieces pieces = compile_text(*text, path, use, vocabulary_, problems_);
    if (pieces.empty()) return std::nullopt;
    return std::move(pieces.front());
  }

  Parts parts_of(const config::PolicySettings& policy) {
    const std::string path = path_of(policy);
    const long errors_before = errors();
    Parts parts;
    if (policy.allow)
      parts.allow = compile_text(*policy.allow, path + ".allow", Use::allow, vocabulary_, problems_);
    parts.require = list(policy.require, path + ".require", Use::require);
    parts.prefer = list(policy.prefer, path + ".prefer", Use::prefer);
    parts.relax = list(policy.relax, path + ".relax", Use::relax);
    parts.minimize = single(policy.minimize, path + ".minimize", Use::minimize);
    parts.value_of_time = single(policy.value_of_time, path + ".value_of_time", Use::rate);
    parts.choose = single(policy.choose, path + ".choose", Use::weight);
    parts.attempts = policy.attempts;
    parts.deadline = policy.deadline;
    parts.hedge_budget = policy.hedge_budget;
    parts.explore = policy.explore;
    if (policy.minimize && policy.value_of_time) {
      complain(policy.value_of_time->place, path + ".value_of_time",
               "`value_of_time` and `minimize` both say what is best", "keep one of them");
    }
    parts.is_complete = errors() == errors_before;
    if (parts.value_of_time && parts.value_of_time->rule.expression.number(View{}) < 0) {
      complain(policy.value_of_time->place, path + ".value_of_time",
               "waiting cannot be worth less than nothing, and this is " +
                   to_text(parts.value_of_time->rule.expression.number(View{}), dollars_per_second),
               "");
    }
    return parts;
  }

  // What a policy is made of with all it inherits. `trail`: the policies that extend each other on the way
  // here.
  Parts resolved(std::size_t which, std::vector<std::size_t>& trail) {
    const config::PolicySettings& policy = all_[which];
    if (!policy.extends) return own_[which];
    const std::string& name = policy.extends->text;
    const auto parent = by_name_.find(name);
    if (parent == by_name_.end()) {
      point_at_extends(policy, "there is no policy " + quoted(name) + " to extend", near_policy(name));
      return broken(which);
    }
    trail.push_back(which);
    const auto again = std::ranges::find(trail, parent->second);
    if (again != trail.end()) {
      complain_of_circle({again, trail.end()});
      trail.pop_back();
      return broken(which);
    }
    Parts result = inherited(resolved(parent->second, trail), own_[which]);
    trail.pop_back();
    return result;
  }
  Parts broken(std::size_t which) const {
    Parts parts = own_[which];
    parts.is_complete = false;
    return parts;
  }
  // Begins with the first of them in the file, so that the circle is reported once from wherever it is
  // entered.
  void complain_of_circle(std::vector<std::size_t> circle) {
    std::rotate(circle.begin(), std::ranges::min_element(circle), circle.end());
    std::string chain;
    for (const std::size_t each : circle) chain += quoted(all_[each].name.text) + " extends ";
    const config::PolicySettings& first = all_[circle.front()];
    point_at_extends(first, chain + quoted(first.name.text), "one of them must stand on its own");
  }
  void point_at_extends(const config::PolicySettings& policy, std::string message, std::string suggestion) {
    problems_.push_back(to_problem({.begin = 0,
                                    .end = policy.extends->text.size(),
                                    .message = std::move(message),
                                    .suggestion = std::move(suggestion)},
                                   *policy.extends, path_of(policy) + ".extends"));
  }

  Policy policy_of(std::size_t which) {
    const config::PolicySettings& settings = all_[which];
    std::vector<std::size_t> trail;
    const Parts parts = resolved(which, trail);
    complain_of_contradictions(settings, parts);
    // What is missing has been complained about; that nothing is there to relax follows from it.
    config::Problems unheard;
    config::Problems& heard = parts.is_complete ? problems_ : unheard;
    Policy policy{
        .name = settings.name,
        .description = settings.description,
        .hash = hash_of(parts),
        .allow = rules_of(parts.allow),
        .require = rules_of(parts.require),
        .relax = ladder(parts.allow, parts.require, parts.relax, path_of(settings) + ".relax", heard),
        .prefer = rules_of(parts.prefer)};
    policy.place = settings.place;
    if (parts.minimize) policy.minimize = parts.minimize->rule;
    if (parts.choose) policy.choose = parts.choose->rule;
    if (parts.value_of_time) {
      policy.value_of_ttft = policy.value_of_generation = parts.value_of_time->rule.expression.number(View{});
    }
    policy.attempts = parts.attempts.value_or(policy.attempts);
    policy.deadline = parts.deadline;
    policy.hedge_budget = parts.hedge_budget.value_or(policy.hedge_budget);
    policy.explore = parts.explore.value_or(policy.explore);
    return policy;
  }

  void complain_of_contradictions(const config::PolicySettings& settings, const Parts& parts) {
    Together together;
    for (const Pieces* pieces : {&parts.allow, &parts.require}) {
      for (const Piece& piece : *pieces) {
        const std::string other = together.add(*piece.tree, piece.node, piece.rule.text);
        if (other.empty()) continue;
        complain(piece.rule.place, path_of(settings),
                 quoted(piece.rule.text) + " and " + quoted(other) +
                     " exclude each other: no endpoint can meet both",
                 "");
      }
    }
  }

  std::optional<std::size_t> position(const std::vector<Policy>& policies, const std::string& name,
                                      const config::Place& place, const std::string& path) {
    for (std::size_t i = 0; i < policies.size(); ++i) {
      if (policies[i].name.text == name) return i;
    }
    complain(place, path, "there is no policy " + quoted(name), near_policy(name));
    return std::nullopt;
  }

  std::vector<PolicySet::Pick> picks_of(const std::vector<Policy>& policies) {
    std::vector<PolicySet::Pick> picks;
    std::map<std::string, std::size_t> earlier;
    std::optional<std::size_t> catches_all;
    for (std::size_t i = 0; i < settings_.rules.size(); ++i) {
      const config::RuleSettings& rule = settings_.rules[i];
      const std::string path = "rules[" + std::to_string(i) + "]";
      const std::optional<std::size_t> policy =
          position(policies, rule.policy.text, rule.place, path + ".policy");
      Pieces pieces = compile_text(rule.when, path + ".when", Use::when, vocabulary_, problems_);
      if (pieces.empty()) continue;
      const Piece& piece = pieces.front();
      if (catches_all)
        never_matches(rule, path, "rule " + std::to_string(*catches_all + 1) + " takes every request");
      const auto [same, is_new] = earlier.emplace(piece.written, i);
      if (!is_new) never_matches(rule, path, "rule " + std::to_string(same->second + 1) + " asks the same");
      const Truth certainty = certainty_of(*piece.tree, piece.node);
      const std::string clash = contradiction(*piece.tree, rule.when.text);
      if (certainty == Truth::no || !clash.empty()) {
        never_matches(rule, path, clash.empty() ? "no value can make it true" : clash);
      }
      if (certainty == Truth::yes && !catches_all) catches_all = i;
      if (policy) {
        picks.push_back({.when = piece.rule,
                         .policy = *policy,
                         .why = "rule " + std::to_string(i + 1) + ": " + piece.rule.text});
      }
    }
    return picks;
  }

  void never_matches(const config::RuleSettings& rule, const std::string& path, const std::string& because) {
    problems_.push_back(to_problem({.begin = 0,
                                    .end = rule.when.text.size(),
                                    .message = "this rule can never match: " + because,
                                    .suggestion = "",
                                    .severity = config::Severity::warning},
                                   rule.when, path + ".when"));
  }

  // What one policy does wrong is found again in those that extend it.
  void forget_repetitions() {
    std::set<std::string> seen;
    std::erase_if(problems_, [&](const config::Problem& each) {
      return !seen.insert(each.place.file + ":" + std::to_string(each.place.line) + ":" +
                          std::to_string(each.place.column) + each.message)
                  .second;
    });
  }

  const config::Settings& settings_;
  const Vocabulary vocabulary_;
  config::Problems& problems_;
  std::vector<config::PolicySettings> all_;
  std::size_t shipped_count_ = 0;
  std::map<std::string, std::size_t> by_name_;
  std::vector<Parts> own_;
};

}  // namespace

PolicySet compile(const config::Settings& settings, config::Problems& problems) {
  return Compiler(settings, problems).whole();
}

}  // namespace routing
