#include "routing/policy/piece.hpp"

#include <algorithm>
#include <optional>
#include <utility>

#include "routing/language/bounds.hpp"
#include "routing/language/complaint.hpp"
#include "routing/language/program.hpp"
#include "routing/policy/magnitude.hpp"

namespace routing {

using namespace dimensions;

namespace {

void split(const Tree& tree, NodeIndex index, std::vector<NodeIndex>& parts) {
  const Node& node = tree.nodes[index];
  if (node.form != Form::and_) return parts.push_back(index);
  for (const NodeIndex child : node.children) split(tree, child, parts);
}

bool is_rule(Use use) {
  return use == Use::allow || use == Use::require;
}

bool is_share(const Tree& tree, NodeIndex index) {
  const Bounds bounds = bounds_of(tree, index);
  return tree.nodes[index].form != Form::number && bounds.least == 0 && bounds.most == 1;
}

// A share beyond the whole: written without its sign, as in `uptime >= 99.9`, or with it.
std::string percent_advice(const Tree& tree, const Node& limit, const std::string& source) {
  if (limit.children.size() != 2) return "";
  for (const std::size_t i : {0u, 1u}) {
    const Node& side = tree.nodes[limit.children[i]];
    if (side.form != Form::number || side.number <= 1 || !is_share(tree, limit.children[1 - i])) continue;
    const bool has_sign = source.substr(side.begin, side.end - side.begin).ends_with('%');
    if (has_sign || side.number > 100) return "a share is at most 100 %";
    return "shares lie between 0 and 1; did you mean " + in_quotes(to_text(side.number) + " %") + "?";
  }
  return "";
}

// `when` is judged as a whole, with the rules around it.
void complain_if_certain(const Tree& tree, NodeIndex index, Use use, const std::string& text,
                         const std::string& source, Complaints& complaints) {
  const Node& node = tree.nodes[index];
  const Truth certainty = certainty_of(tree, index);
  if (use == Use::when || use == Use::relax || node.type != Type::truth) return;
  if (certainty == Truth::no) {
    complaints.push_back({.begin = node.begin,
                          .end = node.end,
                          .message = "the limit " + in_quotes(text) + " is impossible: no value can meet it",
                          .suggestion = percent_advice(tree, node, source),
                          .severity = config::Severity::error});
  } else if (certainty == Truth::yes) {
    complaints.push_back({.begin = node.begin,
                          .end = node.end,
                          .message = in_quotes(text) + " is always true",
                          .suggestion = percent_advice(tree, node, source),
                          .severity = config::Severity::warning});
  }
}

std::string trimmed(const std::string& text) {
  const std::size_t begin = text.find_first_not_of(" \t\r\n");
  if (begin == std::string::npos) return "";
  return text.substr(begin, text.find_last_not_of(" \t\r\n") - begin + 1);
}

}  // namespace

Pieces compile_text(const config::SourceText& source, const std::string& path, Use use,
                    const Vocabulary& vocabulary, config::Problems& problems) {
  Pieces result;
  Complaints complaints;
  std::optional<Tree> parsed = parse(source.text, complaints);
  if (parsed) {
    check(*parsed, use, vocabulary, source.text, complaints);
    const bool good = std::ranges::none_of(
        complaints, [](const Complaint& each) { return each.severity == config::Severity::error; });
    const auto tree = std::make_shared<const Tree>(std::move(*parsed));
    std::vector<NodeIndex> parts;
    if (is_rule(use)) {
      split(*tree, tree->root, parts);
    } else {
      parts.push_back(tree->root);
    }
    for (const NodeIndex part : good ? parts : std::vector<NodeIndex>{}) {
      const Node& node = tree->nodes[part];
      const std::string text =
          parts.size() == 1 ? trimmed(source.text) : source.text.substr(node.begin, node.end - node.begin);
      complain_if_certain(*tree, part, use, text, source.text, complaints);
      complain_of_magnitudes(*tree, part, source.text, complaints);
      std::optional<Program> program = generate(*tree, part, use);
      if (!program) {
        complaints.push_back({.begin = node.begin,
                              .end = node.end,
                              .message = "this expression is nested too deeply",
                              .suggestion = "split it into several rules"});
        continue;
      }
      result.push_back(
          {.rule = {.expression = Expression(std::make_shared<const Program>(std::move(*program))),
                    .text = text,
                    .place = source.place},
           .tree = tree,
           .node = part,
           .written = canonical(*tree, part, Literals::written),
           .shape = canonical(*tree, part, Literals::open)});
    }
  }
  for (const Complaint& complaint : complaints) problems.push_back(to_problem(complaint, source, path));
  return result;
}

}  // namespace routing
