#include <cmath>

#include "routing/language/checker.hpp"
#include "routing/language/dimension_advice.hpp"

namespace routing {

using namespace dimensions;

void Checker::weight(Node& root) {
  if (root.form != Form::call || root.text != "weighted" || root.children.size() != 1) {
    return complain(root, "`choose` wants a draw", "write `weighted(price ^ -2)`, or leave `choose` out");
  }
  visit(root.children[0]);
  root.type = child(root, 0).type;
  if (root.type != Type::broken && root.type != Type::number) {
    complain(child(root, 0),
             words(child(root, 0)) + " is " + std::string(to_text(root.type)) + ", and a weight is a number",
             "");
  }
}

void Checker::wants_number(const Node& root, Dimension wanted) {
  if (root.type != Type::number) {
    complain(root,
             words(root) + " is " + std::string(to_text(root.type)) + ", and " + in_quotes(to_text(use_)) +
                 " must come out in " + to_text(wanted),
             "");
  } else if (root.dimension != wanted) {
    complain(root,
             words(root) + " comes out in " + to_text(root.dimension) + ", and " + in_quotes(to_text(use_)) +
                 " must come out in " + to_text(wanted),
             is_rate() ? std::string(rate_advice()) : advice(wanted, root.dimension));
  }
}

bool Checker::same_dimension(const Node& found, const Node& left, const Node& right, std::string_view verb) {
  if (left.dimension == right.dimension) return true;
  const std::string_view link = verb == "compares" ? " with " : verb == "subtracts" ? " from " : " to ";
  std::string message = words(found) + " ";
  if (verb == "subtracts") {
    message += "subtracts " + to_text(right.dimension) + " from " + to_text(left.dimension);
  } else if (verb == "adds" || verb == "compares") {
    message +=
        std::string(verb) + " " + to_text(left.dimension) + std::string(link) + to_text(right.dimension);
  } else {
    message += "mixes " + to_text(left.dimension) + " and " + to_text(right.dimension);
  }
  const Node* bare = right.form == Form::number ? &right : left.form == Form::number ? &left : nullptr;
  const Dimension other = bare == &right ? left.dimension : right.dimension;
  const bool unit_missing = bare != nullptr && bare->dimension == plain;
  const bool unit_wrong = bare != nullptr && !unit_missing && verb == "compares";
  complain(found, message,
           unit_missing ? unit_advice(bare->number, other)
           : unit_wrong ? limit_advice(other)
                        : advice(left.dimension, right.dimension));
  return false;
}

void Checker::arithmetic(Node& found) {
  if (!children(found) || !all_are(found, Type::number, symbol(found.form))) return;
  const Node& left = child(found, 0);
  switch (found.form) {
    case Form::negate:
      found.dimension = left.dimension;
      break;
    case Form::multiply:
      found.dimension = left.dimension * child(found, 1).dimension;
      break;
    case Form::divide:
      found.dimension = left.dimension / child(found, 1).dimension;
      if (child(found, 1).form == Form::number && child(found, 1).number == 0) {
        return complain(child(found, 1), "this divides by zero", "");
      }
      break;
    case Form::power:
      if (!power_of(found)) return;
      break;
    default: {
      const std::string_view verb = found.form == Form::add ? "adds" : "subtracts";
      if (!same_dimension(found, left, child(found, 1), verb)) return;
      found.dimension = left.dimension;
    }
  }
  found.type = Type::number;
}

bool Checker::power_of(Node& found) {
  const Node& exponent = child(found, 1);
  const bool negated = exponent.form == Form::negate;
  const Node& size = negated ? child(exponent, 0) : exponent;
  if (size.form != Form::number || size.dimension != plain || size.number > 8) {
    complain(exponent, "an exponent is a plain number between -8 and 8", "as in `price ^ -2`");
    return false;
  }
  const double value = negated ? -size.number : size.number;
  const Dimension base = child(found, 0).dimension;
  if (base != plain && value != std::floor(value)) {
    complain(found, words(found) + " takes a broken power of " + to_text(base),
             "divide by a unit first, as in `(price / $1) ^ 0.5`");
    return false;
  }
  found.number = value;
  found.dimension = base == plain ? plain : power(base, static_cast<int>(value));
  return true;
}

void Checker::probability(Node& found) {
  const std::string example = "write `probability(ttft > 2 s)`";
  if (found.children.size() != 1 || !is_order(child(found, 0).form)) {
    return complain(found, "`probability` takes one comparison with `<` or `>`", example);
  }
  Node& question = child(found, 0);
  visit(found.children[0]);
  if (question.type == Type::broken) return;
  const Node& subject = child(question, 0);
  const bool known =
      subject.form == Form::fact &&
      (subject.fact == Fact::ttft || subject.fact == Fact::throughput || subject.fact == Fact::generation);
  if (!known) {
    return complain(subject,
                    "`probability` knows how `ttft`, `throughput` and `generation` are distributed, not " +
                        words(subject),
                    example);
  }
  found.type = Type::number;
  found.dimension = plain;
}

void Checker::extreme(Node& found) {
  if (found.children.size() < 2) {
    return complain(found, in_quotes(found.text) + " takes two or more numbers", "");
  }
  if (!children(found) || !all_are(found, Type::number, found.text)) return;
  for (const NodeIndex each : found.children) {
    if (!same_dimension(found, child(found, 0), node(each), "mixes")) return;
  }
  found.type = Type::number;
  found.dimension = child(found, 0).dimension;
}

}  // namespace routing
