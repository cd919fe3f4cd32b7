#include "routing/policy/relaxation.hpp"

#include <algorithm>
#include <utility>

#include "routing/language/bounds.hpp"
#include "routing/language/complaint.hpp"

namespace routing {

namespace {

enum class Kinship { none, replaces, drops };

// Whether a rule speaks about what `subject` names: it is one of its sides.
bool speaks_about(const Piece& rule, const Piece& subject) {
  return std::ranges::any_of(rule.root().children, [&](NodeIndex side) {
    return canonical(*rule.tree, side, Literals::written) == subject.written;
  });
}

Kinship kinship(const Piece& step, const Piece& rule) {
  if (step.written == step.shape && step.written == rule.written) return Kinship::drops;
  if (step.root().type != Type::truth) return speaks_about(rule, step) ? Kinship::drops : Kinship::none;
  return step.written != step.shape && step.shape == rule.shape ? Kinship::replaces : Kinship::none;
}

// Whether `step` lets through all that `rule` does, as far as numbers can tell.
bool is_looser(const Piece& step, const Piece& rule) {
  const std::optional<Limit> wanted = limit_of(*step.tree, step.node),
                             present = limit_of(*rule.tree, rule.node);
  if (!wanted || !present) return step.written != rule.written;
  return is_upper(wanted->form) ? wanted->value > present->value : wanted->value < present->value;
}

config::Problem complaint(const Piece& step, const std::string& path, std::string message,
                          std::string suggestion) {
  return about_whole({.text = step.rule.text, .place = step.rule.place}, path, std::move(message),
                     std::move(suggestion));
}

std::string listed_rules(const Pieces& rules) {
  std::string result;
  for (const Piece& rule : rules) result += (result.empty() ? "" : ", ") + in_quotes(rule.rule.text);
  return result;
}

config::Problem no_such_rule(const Pieces& allow, const Pieces& require, const Piece& step,
                             const std::string& path) {
  const bool compliance =
      std::ranges::any_of(allow, [&](const Piece& rule) { return kinship(step, rule) != Kinship::none; });
  if (compliance) {
    return complaint(step, path,
                     in_quotes(step.rule.text) + " would relax a rule of `allow`, which is never relaxed",
                     "move the rule to `require` if it may be given up");
  }
  return complaint(step, path,
                   "there is no rule in `require` that " + in_quotes(step.rule.text) + " could relax",
                   require.empty() ? "`require` is empty" : "the rules are " + listed_rules(require));
}

}  // namespace

std::vector<Relaxation> ladder(const Pieces& allow, const Pieces& require, const Pieces& relax,
                               const std::string& path, config::Problems& problems) {
  std::vector<Relaxation> result;
  Pieces left = require;
  for (const Piece& step : relax) {
    Pieces next;
    bool found = false;
    for (const Piece& rule : left) {
      const Kinship kin = kinship(step, rule);
      found = found || kin != Kinship::none;
      if (kin == Kinship::replaces && !is_looser(step, rule)) {
        problems.push_back(
            complaint(step, path, in_quotes(step.rule.text) + " does not loosen " + in_quotes(rule.rule.text),
                      "write a wider limit, or only what it limits, to drop the rule"));
      }
      if (kin == Kinship::drops) continue;
      next.push_back(kin == Kinship::replaces ? step : rule);
    }
    if (!found) problems.push_back(no_such_rule(allow, left, step, path));
    left = std::move(next);
    std::vector<Rule> rules;
    for (const Piece& rule : left) rules.push_back(rule.rule);
    result.push_back({.text = step.rule.text, .require = std::move(rules)});
  }
  return result;
}

}  // namespace routing
