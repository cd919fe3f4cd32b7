#include "routing/policy/rule_order.hpp"

#include <algorithm>

namespace routing {
namespace {

void split(const Tree& tree, NodeIndex index, Form by, std::vector<NodeIndex>& parts) {
  const Node& node = tree.nodes[index];
  if (node.form != by) return parts.push_back(index);
  for (const NodeIndex child : node.children) split(tree, child, by, parts);
}

}  // namespace

std::vector<RuleOrder::Together> RuleOrder::ways_of(const Piece& piece) {
  const Tree& tree = *piece.tree;
  std::vector<NodeIndex> any;
  split(tree, piece.node, Form::or_, any);
  std::vector<Together> ways;
  for (const NodeIndex way : any) {
    std::vector<NodeIndex> all;
    split(tree, way, Form::and_, all);
    Together together;
    for (const NodeIndex each : all) {
      const std::optional<Limit> limit = limit_of(tree, each);
      const Node& node = tree.nodes[each];
      together.push_back(
          {.written = canonical(tree, each, Literals::written),
           .denied = node.form == Form::not_ ? canonical(tree, node.children.front(), Literals::written)
                                             : std::string(),
           .limited = limit ? canonical(tree, limit->subject, Literals::written) : std::string(),
           .limit = limit,
           .choices = choices_of(tree, each)});
    }
    ways.push_back(std::move(together));
  }
  return ways;
}

std::string RuleOrder::opposites(const Together& together) {
  for (const Condition& one : together) {
    if (one.denied.empty()) continue;
    for (const Condition& other : together) {
      if (other.written == one.denied) return "`" + one.denied + "` and `not " + one.denied + "`";
    }
  }
  return "";
}

bool RuleOrder::is_narrower(const Condition& one, const Condition& other) {
  if (!one.limit || !other.limit || one.limited != other.limited) return false;
  if (is_upper(one.limit->form) != is_upper(other.limit->form)) return false;
  const double value = one.limit->value, bound = other.limit->value;
  if (value != bound) return is_upper(one.limit->form) == (value < bound);
  return other.limit->form == Form::less_equal || other.limit->form == Form::greater_equal;
}

bool RuleOrder::implies(const std::vector<Together>& one, const std::vector<Together>& other) {
  const auto condition_implies = [](const Condition& a, const Condition& b) {
    if (a.written == b.written || is_narrower(a, b)) return true;
    return a.choices && b.choices && a.choices->within(*b.choices);
  };
  const auto way_implies = [&](const Together& a, const Together& b) {
    return std::ranges::all_of(b, [&](const Condition& wanted) {
      return std::ranges::any_of(a, [&](const Condition& given) { return condition_implies(given, wanted); });
    });
  };
  return std::ranges::all_of(one, [&](const Together& a) {
    return std::ranges::any_of(other, [&](const Together& b) { return way_implies(a, b); });
  });
}

bool RuleOrder::implies(const Piece& one, const Piece& other) {
  return implies(ways_of(one), ways_of(other));
}

std::string RuleOrder::add(const Piece* when, const std::string& source) {
  earlier_.emplace_back();
  if (!when) return "";
  const Truth certainty = certainty_of(*when->tree, when->node);
  Earlier now{.text = when->rule.text,
              .written = when->written,
              .ways = ways_of(*when),
              .always = certainty == Truth::yes};
  std::string why = contradiction(*when->tree, source);
  const bool never =
      std::ranges::none_of(now.ways, [](const Together& way) { return opposites(way).empty(); });
  if (why.empty() && never) why = opposites(now.ways.front()) + " exclude each other";
  if (why.empty() && certainty == Truth::no) why = "no value can make it true";
  for (std::size_t i = 0; why.empty() && i + 1 < earlier_.size(); ++i) {
    if (!earlier_[i]) continue;
    const Earlier& before = *earlier_[i];
    const std::string name = "rule " + std::to_string(i + 1);
    if (before.always) {
      why = name + " takes every request";
    } else if (before.written == now.written) {
      why = name + " asks the same";
    } else if (implies(now.ways, before.ways)) {
      why = name + ", `" + before.text + "`, takes every request that this one could";
    }
  }
  earlier_.back() = std::move(now);
  return why;
}

}  // namespace routing
