#include "routing/policy/choices.hpp"

#include <algorithm>

namespace routing {
namespace {

bool is_literal(const Node& node) {
  return node.form == Form::text || node.form == Form::set;
}

bool is_choice(Form form) {
  return form == Form::in || form == Form::not_in || form == Form::equal || form == Form::not_equal;
}

// Whether all of `some` are among `those`, by texts or by countries.
bool includes(const Choices& those, const Choices& some) {
  if (those.are_countries) return (some.countries & ~those.countries).none();
  return std::ranges::includes(those.texts, some.texts);
}

bool share(const Choices& one, const Choices& other) {
  if (one.are_countries) return (one.countries & other.countries).any();
  return std::ranges::any_of(one.texts, [&](const std::string& text) { return other.texts.contains(text); });
}

}  // namespace

bool Choices::within(const Choices& other) const {
  if (asked != other.asked || are_countries != other.are_countries) return false;
  if (kind == Kind::these) {
    return other.kind == Kind::these ? includes(other, *this) : !share(other, *this);
  }
  return other.kind == Kind::all_but && includes(*this, other);
}

std::optional<Choices> choices_of(const Tree& tree, NodeIndex index) {
  const Node& node = tree.nodes[index];
  if (!is_choice(node.form) || node.children.size() != 2) return std::nullopt;
  const bool turned = is_literal(tree.nodes[node.children[0]]);
  const NodeIndex subject = node.children[turned ? 1 : 0];
  const Node& asked = tree.nodes[subject];
  const Node& literal = tree.nodes[node.children[turned ? 0 : 1]];
  // What can be several at once, such as regions, is more than a choice.
  if (asked.form != Form::fact || asked.type != Type::text || !is_literal(literal)) return std::nullopt;
  const bool is_positive = node.form == Form::in || node.form == Form::equal;
  Choices result{.asked = canonical(tree, subject, Literals::written),
                 .kind = is_positive ? Choices::Kind::these : Choices::Kind::all_but,
                 .texts = {},
                 .countries = {},
                 .are_countries = info(asked.fact).domain == Domain::country};
  if (literal.form == Form::text) result.texts.insert(literal.text);
  for (const NodeIndex member : literal.children) result.texts.insert(tree.nodes[member].text);
  if (!result.are_countries) return result;
  for (const std::string& text : result.texts) {
    const std::optional<config::Countries> countries = config::find_countries(text);
    if (!countries) return std::nullopt;
    result.countries |= *countries;
  }
  return result;
}

}  // namespace routing
