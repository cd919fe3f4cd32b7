#include "routing/policy/magnitude.hpp"

#include <array>
#include <optional>

#include "routing/language/bounds.hpp"

namespace routing {
namespace {

// The most that any host has shown, with some room. Facts whose names begin with `name` followed by nothing
// or a dot.
struct Reachable {
  std::string_view name;
  bool is_least;  // nobody is below it; else nobody above
  double value;   // seconds, tokens, tokens per second, dollars per token
  std::string_view what;
};
constexpr std::array<Reachable, 7> reachable{{
    {"ttft", true, 0.010, "no host answers that soon"},
    {"time", true, 0.010, "no host is done that soon"},
    {"itl", true, 20e-6, "no host writes that fast"},
    {"throughput", false, 20'000, "no host writes that fast"},
    {"context", false, 100e6, "no host has a context that large"},
    {"price.input", true, 1e-10, "no host is that cheap, but free ones"},
    {"price.output", true, 1e-10, "no host is that cheap, but free ones"},
}};

const Reachable* reachable_of(std::string_view fact) {
  for (const Reachable& each : reachable) {
    const bool is_meant =
        fact.starts_with(each.name) && (fact.size() == each.name.size() || fact[each.name.size()] == '.');
    if (is_meant) return &each;
  }
  return nullptr;
}

// What was meant, where a thousandfold would be reasonable: "3 s" for "3 ms".
std::string advice(const Reachable& bound, double value, Dimension dimension) {
  const double meant = bound.is_least ? value * 1000 : value / 1000;
  const bool is_reasonable = bound.is_least ? meant > bound.value : meant < bound.value;
  return is_reasonable ? "did you mean " + in_quotes(to_text(meant, dimension)) + "?" : "";
}

std::optional<Complaint> complaint_on(const Tree& tree, NodeIndex index, const std::string& source) {
  const Node& node = tree.nodes[index];
  const std::optional<Limit> limit = limit_of(tree, index);
  if (!limit || limit->value <= 0) return std::nullopt;
  const Node& subject = tree.nodes[limit->subject];
  if (subject.form != Form::fact) return std::nullopt;
  const Reachable* bound = reachable_of(info(subject.fact).name);
  if (!bound) return std::nullopt;
  const bool is_missed = bound->is_least ? is_upper(limit->form) && limit->value < bound->value
                                         : !is_upper(limit->form) && limit->value > bound->value;
  if (!is_missed) return std::nullopt;
  return Complaint{.begin = node.begin,
                   .end = node.end,
                   .message = std::string(bound->what) + ": " +
                              in_quotes(source.substr(node.begin, node.end - node.begin)),
                   .suggestion = advice(*bound, limit->value, subject.dimension),
                   .severity = config::Severity::warning};
}

void visit(const Tree& tree, NodeIndex index, NodeIndex part, const std::string& source,
           Complaints& complaints) {
  const Node& node = tree.nodes[index];
  const bool compares = is_order(node.form) || node.form == Form::equal;
  if (const auto complaint = complaint_on(tree, index, source)) {
    complaints.push_back(*complaint);
  } else if (compares && index != part && certainty_of(tree, index) == Truth::no) {
    // The whole of a text is judged where it stands.
    complaints.push_back(
        {.begin = node.begin,
         .end = node.end,
         .message = in_quotes(source.substr(node.begin, node.end - node.begin)) + " is never true",
         .suggestion = "",
         .severity = config::Severity::warning});
  }
  for (const NodeIndex child : node.children) visit(tree, child, part, source, complaints);
}

}  // namespace

void complain_of_magnitudes(const Tree& tree, NodeIndex part, const std::string& source,
                            Complaints& complaints) {
  visit(tree, part, part, source, complaints);
}

}  // namespace routing
