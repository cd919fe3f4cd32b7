#include "routing/language/check.hpp"

#include "routing/language/checker.hpp"
#include "routing/language/lateness.hpp"

namespace routing {

using namespace dimensions;

void Checker::whole() {
  Node& root = node(tree_.root);
  if (use_ == Use::weight) return weight(root);
  visit(tree_.root);
  if (root.type == Type::broken) return;
  const bool wants_truth =
      use_ == Use::allow || use_ == Use::require || use_ == Use::prefer || use_ == Use::when;
  if (wants_truth && root.type != Type::truth) {
    complain(root,
             words(root) + " is " + std::string(to_text(root.type)) + ", and " + in_quotes(to_text(use_)) +
                 " wants true or false",
             root.type == Type::number ? "compare it with a limit, as in " + in_quotes("ttft <= 3 s") : "");
  }
  if (use_ == Use::minimize) wants_number(root, dollars);
  if (is_rate()) wants_number(root, dollars_per_second);
}

std::string Checker::words(const Node& found) const {
  return in_quotes(source_.substr(found.begin, found.end - found.begin));
}

void Checker::complain(const Node& where, std::string message, std::string suggestion,
                       config::Severity severity) {
  complaints_.push_back({.begin = where.begin,
                         .end = where.end,
                         .message = std::move(message),
                         .suggestion = std::move(suggestion),
                         .severity = severity});
}

void Checker::visit(NodeIndex index) {
  switch (node(index).form) {
    case Form::number:
      node(index).type = Type::number;
      return;
    case Form::text:
      node(index).type = Type::text;
      return;
    case Form::truth:
      node(index).type = Type::truth;
      return;
    case Form::set:
      node(index).type = Type::set;
      return;
    case Form::word:
      return name(node(index));
    case Form::fact:
      return;
    case Form::call:
      return call(node(index));
    case Form::condition:
      return condition(node(index));
    case Form::and_:
    case Form::or_:
    case Form::not_:
      return logic(node(index));
    case Form::in:
    case Form::not_in:
      return membership(node(index));
    default:
      break;
  }
  Node& found = node(index);
  if (is_order(found.form) || found.form == Form::equal || found.form == Form::not_equal)
    return comparison(found);
  arithmetic(found);
}

void Checker::name(Node& found) {
  const FactInfo* fact = find_fact(found.text);
  if (fact == nullptr) {
    const std::string near = config::nearest(found.text, known_words());
    const std::string_view kind = is_rate() ? rate_advice() : std::string_view("texts are written in quotes");
    return complain(found, "there is no name " + in_quotes(found.text),
                    near.empty() ? std::string(kind) : "did you mean " + in_quotes(near) + "?");
  }
  if (use_ == Use::when && fact->source != Source::request) {
    return complain(found, in_quotes(found.text) + " is about an endpoint, and `when` sees the request alone",
                    "choose by the request here, and by endpoints inside the policy");
  }
  if (is_rate())
    return complain(found, in_quotes(to_text(use_)) + " is a constant", std::string(rate_advice()));
  if (use_ == Use::allow && (fact->source == Source::measured || fact->source == Source::predicted)) {
    complain(found, in_quotes(found.text) + " is live, and `allow` is never relaxed and fails closed",
             "put it under `require`, unless an endpoint without evidence shall get nothing",
             config::Severity::warning);
  }
  if (fact->name.starts_with("ttft.p") || fact->name.starts_with("time.p")) know_times();
  found.form = Form::fact;
  found.fact = fact->fact;
  found.type = fact->type;
  found.dimension = fact->dimension;
}

bool Checker::children(const Node& parent) {
  bool good = true;
  for (const NodeIndex each : parent.children) {
    visit(each);
    good = good && node(each).type != Type::broken;
  }
  return good;
}

bool Checker::all_are(const Node& parent, Type wanted, std::string_view operation) {
  bool good = true;
  for (const NodeIndex each : parent.children) {
    if (node(each).type == wanted) continue;
    complain(node(each),
             words(node(each)) + " is " + std::string(to_text(node(each).type)) + ", and " +
                 in_quotes(operation) + " wants " +
                 (wanted == Type::number ? "numbers" : std::string(to_text(wanted))),
             "");
    good = false;
  }
  return good;
}

void Checker::logic(Node& found) {
  if (children(found) && all_are(found, Type::truth, symbol(found.form))) found.type = Type::truth;
}

void Checker::condition(Node& found) {
  if (!children(found)) return;
  Node& question = child(found, 0);
  if (question.type != Type::truth) {
    return complain(
        question,
        words(question) + " is " + std::string(to_text(question.type)) + ", and `if` wants true or false",
        "");
  }
  const Node &yes = child(found, 1), &no = child(found, 2);
  if (yes.type != no.type || (yes.type != Type::number && yes.type != Type::truth)) {
    return complain(found,
                    "`then` gives " + std::string(to_text(yes.type)) + " and `else` gives " +
                        std::string(to_text(no.type)),
                    "both must be numbers of one unit, or true or false");
  }
  if (yes.type == Type::number && !same_dimension(found, yes, no, "`if` gives")) return;
  found.type = yes.type;
  found.dimension = yes.dimension;
}

std::string_view to_text(Use use) {
  switch (use) {
    case Use::allow:
      return "allow";
    case Use::require:
      return "require";
    case Use::prefer:
      return "prefer";
    case Use::minimize:
      return "minimize";
    case Use::weight:
      return "choose";
    case Use::rate:
      return "value_of_time";
    case Use::budget:
      return "budget";
    case Use::when:
      return "when";
    case Use::relax:
      break;
  }
  return "relax";
}

void check(Tree& tree, Use use, const Vocabulary& vocabulary, std::string_view source,
           Complaints& complaints) {
  Checker(tree, use, vocabulary, source, complaints).whole();
}

}  // namespace routing
