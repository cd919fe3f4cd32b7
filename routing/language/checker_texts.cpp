#include "routing/language/checker.hpp"

namespace routing {

using namespace dimensions;

void Checker::word_as_text(Node& found, const Node& other) {
  if (found.form != Form::word || find_fact(found.text) != nullptr) return;
  const Domain domain = other.form == Form::word && find_fact(other.text) != nullptr
                            ? find_fact(other.text)->domain
                            : Domain::any;
  if (domain == Domain::any) return;
  if (Vocabulary::is_fixed(domain) || vocabulary_.knows(domain, found.text)) found.form = Form::text;
}

void Checker::one_of(const Node& text, Domain domain) {
  if (text.form != Form::text || vocabulary_.knows(domain, text.text)) return;
  const bool fixed = Vocabulary::is_fixed(domain);
  std::string near = config::nearest(text.text, vocabulary_.words(domain));
  if (domain == Domain::country && text.text == "UK") near = "GB";
  std::string suggestion = near.empty() ? "" : "did you mean " + in_quotes(near) + "?";
  if (domain == Domain::country && near.empty()) {
    suggestion = "write an ISO 3166-1 alpha-2 code such as `US`, or one of the groups `EU` and `EEA`";
  }
  complain(text, in_quotes(text.text) + " is not a known " + std::string(to_text(domain)), suggestion,
           fixed ? config::Severity::error : config::Severity::warning);
}

Domain Checker::domain_of(const Node& found) const {
  return found.form == Form::fact ? info(found.fact).domain : Domain::any;
}

void Checker::comparison(Node& found) {
  word_as_text(child(found, 0), child(found, 1));
  word_as_text(child(found, 1), child(found, 0));
  if (!children(found)) return;
  const Node &left = child(found, 0), &right = child(found, 1);
  const bool same_kind = left.type == right.type;
  if (same_kind && left.type == Type::number) {
    if (same_dimension(found, left, right, "compares")) found.type = Type::truth;
    return;
  }
  const bool ordered = is_order(found.form);
  if (same_kind && left.type == Type::text && !ordered) {
    one_of(left, domain_of(right));
    one_of(right, domain_of(left));
    found.type = Type::truth;
    return;
  }
  if (same_kind && left.type == Type::truth && !ordered) {
    found.type = Type::truth;
    return;
  }
  const bool sets = left.type == Type::set || right.type == Type::set;
  complain(
      found,
      words(found) + (ordered && same_kind ? " asks for an order that " + plural(left.type) + " do not have"
                                           : " compares " + std::string(to_text(left.type)) + " with " +
                                                 std::string(to_text(right.type))),
      sets ? "sets are asked with `in`" : "");
}

std::string Checker::plural(Type type) {
  return type == Type::text ? "texts" : type == Type::set ? "sets" : "truths";
}

void Checker::membership(Node& found) {
  word_as_text(child(found, 0), child(found, 1));
  word_as_text(child(found, 1), child(found, 0));
  if (!children(found)) return;
  const Node &left = child(found, 0), &right = child(found, 1);
  if (right.type != Type::set) {
    return complain(right,
                    words(right) + " is " + std::string(to_text(right.type)) + ", and `in` wants a set",
                    "write `in [...]`, or `==` to compare with one value");
  }
  const bool left_fits = left.type == Type::text || (left.form == Form::fact && left.type == Type::set);
  if (!left_fits || (left.type == Type::set && right.form != Form::set)) {
    return complain(left, words(left) + " cannot be a member of a set",
                    "ask for a text or for all of a set, as in `regions in [US]`");
  }
  if (right.form == Form::set) {
    for (const NodeIndex member : right.children) one_of(node(member), domain_of(left));
    if (right.children.empty()) complain(right, "nothing is in an empty set", "");
  } else {
    one_of(left, domain_of(right));
  }
  found.type = Type::truth;
}

}  // namespace routing
