#include "routing/language/bounds.hpp"

#include <algorithm>
#include <iterator>
#include <vector>

namespace routing {

namespace {

constexpr double endless = 1e300;
constexpr Bounds anything{-endless, endless};

double held(double value) {
  return std::clamp(value, -endless, endless);
}

Bounds hull(std::initializer_list<double> ends) {
  return {held(std::min(ends)), held(std::max(ends))};
}

Bounds product(Bounds a, Bounds b) {
  return hull({a.least * b.least, a.least * b.most, a.most * b.least, a.most * b.most});
}

Bounds quotient(Bounds a, Bounds b) {
  if (b.least <= 0 && b.most >= 0) return a.least >= 0 && b.least >= 0 ? Bounds{0, endless} : anything;
  return hull({a.least / b.least, a.least / b.most, a.most / b.least, a.most / b.most});
}

Bounds call_bounds(const Tree& tree, const Node& node) {
  if (node.text == "probability") return {0, 1};
  Bounds result = bounds_of(tree, node.children[0]);
  if (node.text != "min" && node.text != "max") return result;
  for (std::size_t i = 1; i < node.children.size(); ++i) {
    const Bounds each = bounds_of(tree, node.children[i]);
    const auto pick = [&](double a, double b) {
      return node.text == "min" ? std::min(a, b) : std::max(a, b);
    };
    result = {pick(result.least, each.least), pick(result.most, each.most)};
  }
  return result;
}

Truth compared(Form form, Bounds a, Bounds b) {
  switch (form) {
    case Form::less:
      return a.most < b.least ? Truth::yes : a.least >= b.most ? Truth::no : Truth::no_evidence;
    case Form::less_equal:
      return a.most <= b.least ? Truth::yes : a.least > b.most ? Truth::no : Truth::no_evidence;
    case Form::greater:
      return compared(Form::less, b, a);
    case Form::greater_equal:
      return compared(Form::less_equal, b, a);
    case Form::equal:
      return a.most < b.least || b.most < a.least ? Truth::no : Truth::no_evidence;
    default:
      return a.most < b.least || b.most < a.least ? Truth::yes : Truth::no_evidence;
  }
}

Truth opposite(Truth value) {
  return value == Truth::yes ? Truth::no : value == Truth::no ? Truth::yes : value;
}

}  // namespace

Bounds bounds_of(const Tree& tree, NodeIndex index) {
  const Node& node = tree.nodes[index];
  // Each side once: looked at twice, the sides of its sides would be looked at four times, and so on.
  const auto side = [&](std::size_t which) { return bounds_of(tree, node.children[which]); };
  switch (node.form) {
    case Form::number:
      return {node.number, node.number};
    case Form::fact:
      return {info(node.fact).least, info(node.fact).most};
    case Form::negate: {
      const Bounds a = side(0);
      return {-a.most, -a.least};
    }
    case Form::add: {
      const Bounds a = side(0), b = side(1);
      return {held(a.least + b.least), held(a.most + b.most)};
    }
    case Form::subtract: {
      const Bounds a = side(0), b = side(1);
      return {held(a.least - b.most), held(a.most - b.least)};
    }
    case Form::multiply:
      return product(side(0), side(1));
    case Form::divide:
      return quotient(side(0), side(1));
    case Form::power:
      return side(0).least >= 0 ? Bounds{0, endless} : anything;
    case Form::condition: {
      const Bounds yes = side(1), no = side(2);
      return hull({yes.least, yes.most, no.least, no.most});
    }
    case Form::call:
      return call_bounds(tree, node);
    default:
      return anything;
  }
}

Truth certainty_of(const Tree& tree, NodeIndex index) {
  const Node& node = tree.nodes[index];
  const auto side = [&](std::size_t which) { return certainty_of(tree, node.children[which]); };
  switch (node.form) {
    case Form::truth:
      return node.number != 0 ? Truth::yes : Truth::no;
    case Form::not_:
      return opposite(side(0));
    case Form::and_: {
      const Truth a = side(0), b = side(1);
      return a == Truth::no || b == Truth::no ? Truth::no : std::max(a, b);
    }
    case Form::or_: {
      const Truth a = side(0), b = side(1);
      return a == Truth::yes || b == Truth::yes ? Truth::yes : std::max(a, b);
    }
    case Form::condition: {
      const Truth question = side(0);
      if (question == Truth::yes || question == Truth::no) return side(question == Truth::yes ? 1 : 2);
      const Truth yes = side(1), no = side(2);
      return yes == no ? yes : Truth::no_evidence;
    }
    default:
      break;
  }
  const bool compares = is_order(node.form) || node.form == Form::equal || node.form == Form::not_equal;
  if (!compares || tree.nodes[node.children[0]].type != Type::number) return Truth::no_evidence;
  return compared(node.form, bounds_of(tree, node.children[0]), bounds_of(tree, node.children[1]));
}

bool is_upper(Form form) {
  return form == Form::less || form == Form::less_equal;
}

std::optional<Limit> limit_of(const Tree& tree, NodeIndex index) {
  const Node& node = tree.nodes[index];
  if (!is_order(node.form)) return std::nullopt;
  const Node &left = tree.nodes[node.children[0]], &right = tree.nodes[node.children[1]];
  if (right.form == Form::number) return Limit{node.children[0], node.form, right.number};
  if (left.form == Form::number) return Limit{node.children[1], mirrored(node.form), left.number};
  return std::nullopt;
}

std::string Together::add(const Tree& tree, NodeIndex index, const std::string& text) {
  const Node& node = tree.nodes[index];
  if (node.children.size() != 2) return "";
  const bool turned = tree.nodes[node.children[0]].form == Form::number ||
                      (node.form == Form::equal && tree.nodes[node.children[0]].form == Form::text);
  const NodeIndex subject = node.children[turned ? 1 : 0];
  const Node& literal = tree.nodes[node.children[turned ? 0 : 1]];
  const std::string what = canonical(tree, subject, Literals::written);
  const Form form = turned ? mirrored(node.form) : node.form;

  if (literal.form == Form::number && (is_order(form) || form == Form::equal)) {
    Range& range = ranges_[what];
    if (form != Form::greater && form != Form::greater_equal && literal.number < range.most) {
      range.most = literal.number;
      range.most_text = text;
    }
    if (form != Form::less && form != Form::less_equal && literal.number > range.least) {
      range.least = literal.number;
      range.least_text = text;
    }
    if (range.least <= range.most) return "";
    return range.least_text == text ? range.most_text : range.least_text;
  }
  if (form != Form::in && form != Form::equal) return "";
  // A country may be in several groups and a set of regions is no single text.
  const Node& asked = tree.nodes[subject];
  const bool countries = asked.form == Form::fact && info(asked.fact).domain == Domain::country;
  if (countries || asked.type != Type::text || (literal.form != Form::set && literal.form != Form::text))
    return "";
  std::set<std::string> texts;
  if (literal.form == Form::text) texts.insert(literal.text);
  for (const NodeIndex member : literal.children) texts.insert(tree.nodes[member].text);
  const auto [known, is_new] = choices_.try_emplace(what, Choice{texts, text});
  if (is_new) return "";
  std::set<std::string> common;
  std::ranges::set_intersection(known->second.texts, texts, std::inserter(common, common.end()));
  const std::string earlier = known->second.text;
  known->second = {common, text};
  return common.empty() ? earlier : "";
}

std::string contradiction(const Tree& tree, const std::string& source) {
  Together together;
  std::vector<NodeIndex> open{tree.root};
  while (!open.empty()) {
    const NodeIndex index = open.back();
    open.pop_back();
    const Node& node = tree.nodes[index];
    if (node.form == Form::and_) {
      open.insert(open.end(), node.children.rbegin(), node.children.rend());
      continue;
    }
    const std::string text = source.substr(node.begin, node.end - node.begin);
    const std::string other = together.add(tree, index, text);
    if (!other.empty()) return "`" + text + "` and `" + other + "` exclude each other";
  }
  return "";
}

}  // namespace routing
