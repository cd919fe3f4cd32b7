#include "routing/language/syntax.hpp"

#include <array>
#include <charconv>

namespace routing {

namespace {

// The shortest text that reads back as the same number.
std::string exact(double value) {
  std::array<char, 32> text{};
  const auto result = std::to_chars(text.data(), text.data() + text.size(), value);
  return {text.data(), result.ptr};
}

std::string joined(const Tree& tree, const Node& node, std::string_view between, Literals literals) {
  std::string result;
  for (const NodeIndex child : node.children) {
    if (!result.empty()) result += between;
    result += canonical(tree, child, literals);
  }
  return result;
}

// A limit reads the same from both sides, and with its literals left open `<` is as good as `<=`.
std::string limit(const Tree& tree, const Node& node, Literals literals) {
  const bool turned = tree.nodes[node.children[0]].form == Form::number;
  Form form = turned ? mirrored(node.form) : node.form;
  if (literals == Literals::open && form == Form::less) form = Form::less_equal;
  if (literals == Literals::open && form == Form::greater) form = Form::greater_equal;
  return "(" + canonical(tree, node.children[turned ? 1 : 0], literals) + " " + std::string(symbol(form)) +
         " " + canonical(tree, node.children[turned ? 0 : 1], literals) + ")";
}

std::string literal(const Node& node, Literals literals) {
  const std::string unit = node.form == Form::number ? " " + to_text(node.dimension) : "";
  if (literals == Literals::open) return "_" + unit;
  return node.form == Form::number ? exact(node.number) + unit : "\"" + node.text + "\"";
}

}  // namespace

std::string canonical(const Tree& tree, NodeIndex index, Literals literals) {
  const Node& node = tree.nodes[index];
  switch (node.form) {
    case Form::number:
    case Form::text:
      return literal(node, literals);
    case Form::truth:
    case Form::word:
    case Form::fact:
      return node.text;
    case Form::set:
      return literals == Literals::open ? "[_]" : "[" + joined(tree, node, ", ", literals) + "]";
    case Form::negate:
      return "(-" + joined(tree, node, "", literals) + ")";
    case Form::not_:
      return "(not " + joined(tree, node, "", literals) + ")";
    case Form::condition:
      return "if(" + joined(tree, node, ", ", literals) + ")";
    case Form::call: {
      // What a function is asked about belongs to the shape.
      const bool named = node.text == "supports" || node.text == "header";
      return node.text + "(" + joined(tree, node, ", ", named ? Literals::written : literals) + ")";
    }
    default:
      break;
  }
  if (is_order(node.form)) return limit(tree, node, literals);
  return "(" + joined(tree, node, " " + std::string(symbol(node.form)) + " ", literals) + ")";
}

std::string_view symbol(Form form) {
  switch (form) {
    case Form::add:
      return "+";
    case Form::negate:
    case Form::subtract:
      return "-";
    case Form::multiply:
      return "*";
    case Form::divide:
      return "/";
    case Form::power:
      return "^";
    case Form::less:
      return "<";
    case Form::less_equal:
      return "<=";
    case Form::greater:
      return ">";
    case Form::greater_equal:
      return ">=";
    case Form::equal:
      return "==";
    case Form::not_equal:
      return "!=";
    case Form::in:
      return "in";
    case Form::not_in:
      return "not in";
    case Form::not_:
      return "not";
    case Form::and_:
      return "and";
    case Form::or_:
      return "or";
    default:
      return "";
  }
}

Form mirrored(Form comparison) {
  switch (comparison) {
    case Form::less:
      return Form::greater;
    case Form::less_equal:
      return Form::greater_equal;
    case Form::greater:
      return Form::less;
    case Form::greater_equal:
      return Form::less_equal;
    default:
      return comparison;
  }
}

bool is_order(Form form) {
  return form == Form::less || form == Form::less_equal || form == Form::greater ||
         form == Form::greater_equal;
}

}  // namespace routing
