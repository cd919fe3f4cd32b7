// A parsed policy text: a tree in one vector, children before their parents. Values.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "routing/language/complaint.hpp"
#include "routing/language/dimension.hpp"
#include "routing/language/fact.hpp"

namespace routing {

enum class Form : std::uint8_t {
  number,  // a literal
  text,    // a quoted literal, or a word where the other side says what it may be
  truth,
  word,  // a name not looked up yet
  fact,
  set,
  negate,
  add,
  subtract,
  multiply,
  divide,
  power,
  less,
  less_equal,
  greater,
  greater_equal,
  equal,
  not_equal,
  in,
  not_in,
  not_,
  and_,
  or_,
  condition,  // if, then, else
  call,       // supports, header, probability, min, max, weighted
};

using NodeIndex = std::size_t;

struct Node {
  Form form{};
  std::size_t begin = 0;
  std::size_t end = 0;
  std::string text;       // of a literal, a word or the called name
  double number = 0;      // of a literal; 1 for `true`
  Dimension dimension{};  // of a number
  std::vector<NodeIndex> children{};
  Type type = Type::broken;  // set by the checker
  Fact fact{};               // of a fact
};

struct Tree {
  std::vector<Node> nodes;
  NodeIndex root = 0;
};

// Nothing, and one complaint, when the text does not follow the grammar.
std::optional<Tree> parse(std::string_view text, Complaints& complaints);

// Whether every literal is written out, or left open so that texts of the same shape become equal.
enum class Literals { written, open };
// The same text for the same tree, however it was spaced and bracketed.
std::string canonical(const Tree& tree, NodeIndex node, Literals literals);

// The symbol or word of an operator; empty for other forms.
std::string_view symbol(Form form);
// The comparison with its sides exchanged: `<` for `>`.
Form mirrored(Form comparison);
bool is_order(Form form);  // < <= > >=

}  // namespace routing
