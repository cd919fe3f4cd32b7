// What can be said of an expression before anything is known: limits that no value can meet, rules that hold
// always, and limits that exclude each other. By interval arithmetic over the bounds in the table of names.
#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>

#include "routing/language/expression.hpp"
#include "routing/language/syntax.hpp"

namespace routing {

struct Bounds {
  double least = 0;
  double most = 0;
};
Bounds bounds_of(const Tree& tree, NodeIndex node);

// `yes`: true whatever the values are; `no`: never true; any other: it depends.
Truth certainty_of(const Tree& tree, NodeIndex node);

// One comparison of something with a number, the number to its right: `3 s > ttft` is `ttft < 3 s`.
struct Limit {
  NodeIndex subject{};
  Form form{};
  double value = 0;
};
// Nothing where the node is no such comparison.
std::optional<Limit> limit_of(const Tree& tree, NodeIndex node);
bool is_upper(Form form);  // < <=

// Limits that must hold together. A value; one per conjunction.
class Together {
 public:
  // The text of an earlier limit that leaves nothing for this one; empty when there is none.
  std::string add(const Tree& tree, NodeIndex node, const std::string& text);

 private:
  struct Range {
    double least = -1e300;
    double most = 1e300;
    std::string least_text, most_text;
  };
  struct Choice {
    std::set<std::string> texts;
    std::string text;
  };
  std::map<std::string, Range> ranges_;    // by what is limited
  std::map<std::string, Choice> choices_;  // by what must be one of some texts
};

// Two parts of a conjunction that exclude each other, in words; empty when there are none. `source` is the
// text that the tree was parsed from.
std::string contradiction(const Tree& tree, const std::string& source);

}  // namespace routing
