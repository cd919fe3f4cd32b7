#include "routing/language/slopes.hpp"

#include <algorithm>
#include <cmath>
#include <vector>

namespace routing {

namespace {

// A number that the waits move along a straight line.
struct Line {
  Slopes slopes{};
  std::optional<double> literal{};  // the number itself, where it is the same everywhere

  bool is_level() const { return slopes.ttft == 0 && slopes.generation == 0; }
};

Line scaled(Line line, double factor) {
  line.slopes.ttft *= factor;
  line.slopes.generation *= factor;
  if (line.literal) *line.literal *= factor;
  return line;
}

Line sum(const Line& a, const Line& b) {
  Line result{.slopes = {a.slopes.ttft + b.slopes.ttft, a.slopes.generation + b.slopes.generation}};
  if (a.literal && b.literal) result.literal = *a.literal + *b.literal;
  return result;
}

std::optional<Line> line_of(Fact fact) {
  switch (fact) {
    case Fact::ttft:
      return Line{.slopes = {.ttft = 1}};
    case Fact::generation:
      return Line{.slopes = {.generation = 1}};
    case Fact::time:
      return Line{.slopes = {.ttft = 1, .generation = 1}};
    // Without evidence these are quantiles of the prediction, which widen with it.
    case Fact::ttft_p50:
    case Fact::ttft_p75:
    case Fact::ttft_p90:
    case Fact::ttft_p95:
    case Fact::ttft_p99:
    case Fact::time_p50:
    case Fact::time_p75:
    case Fact::time_p90:
    case Fact::time_p95:
    case Fact::time_p99:
      return std::nullopt;
    default:
      return Line{};
  }
}

std::optional<Line> line_of(const Tree& tree, NodeIndex index) {
  const Node& node = tree.nodes[index];
  if (node.form == Form::number) return Line{.literal = node.number};
  if (node.form == Form::fact) return line_of(node.fact);
  std::vector<Line> parts;
  for (const NodeIndex child : node.children) {
    const std::optional<Line> part = line_of(tree, child);
    if (!part) return std::nullopt;
    parts.push_back(*part);
  }
  switch (node.form) {
    case Form::negate:
      return scaled(parts[0], -1);
    case Form::add:
      return sum(parts[0], parts[1]);
    case Form::subtract:
      return sum(parts[0], scaled(parts[1], -1));
    case Form::multiply:
      if (parts[0].literal) return scaled(parts[1], *parts[0].literal);
      if (parts[1].literal) return scaled(parts[0], *parts[1].literal);
      break;
    case Form::divide:
      if (parts[1].literal && *parts[1].literal != 0) return scaled(parts[0], 1 / *parts[1].literal);
      break;
    default:
      break;
  }
  // Whatever else is made of numbers that no wait moves is not moved either.
  if (std::ranges::all_of(parts, &Line::is_level)) return Line{};
  return std::nullopt;
}

}  // namespace

std::optional<Slopes> slopes_of(const Tree& tree, NodeIndex node) {
  const std::optional<Line> line = line_of(tree, node);
  // Where arithmetic meets its bounds a line ends.
  constexpr double steepest = 1e150;
  if (!line || !(std::abs(line->slopes.ttft) < steepest && std::abs(line->slopes.generation) < steepest)) {
    return std::nullopt;
  }
  return line->slopes;
}

}  // namespace routing
