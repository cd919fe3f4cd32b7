// What an expression compiles to: a flat list of instructions for a machine with three small stacks.
// Immutable; shared by all threads.
#pragma once

#include <bitset>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "config/values/country.hpp"
#include "routing/language/check.hpp"
#include "routing/language/expression.hpp"
#include "routing/language/syntax.hpp"

namespace routing {

enum class Operation : std::uint8_t {
  // push a number
  constant,
  load,
  // numbers to numbers
  negate,
  add,
  subtract,
  multiply,
  divide,
  power,
  minimum,
  maximum,
  select,  // by a truth
  probability_above,
  probability_below,
  // numbers to a truth
  compare,
  // push a truth
  truth_constant,
  truth_load,
  supports,
  country_in,
  quantization_in,
  regions_in,  // all of them
  tags_in,     // all of them
  // push a text
  text_constant,
  text_load,
  text_header,
  // texts to a truth
  text_equal,
  text_in,
  in_regions,
  in_tags,
  // truths to truths
  same_truth,
  negation,
  conjunction,
  disjunction,
  select_truth,
  // jump over the other side once it cannot matter
  skip_if_no,
  skip_if_yes,
};

struct Instruction {
  Operation operation{};
  Form comparison{};
  Fact fact{};
  Truth if_unknown = Truth::no_evidence;  // what a comparison gives then
  std::uint16_t target = 0;               // of a jump, or an index into texts or sets
  double number = 0;
};

// The literals of a set, ready for each way of asking.
struct LiteralSet {
  std::vector<std::string> texts;
  config::Countries countries;
  std::uint32_t quantizations = 0;  // bits by enumerator
};

// What the result of a run means.
enum class Reading : std::uint8_t { closed, open, cost, weight };

class Program {
 public:
  static constexpr std::size_t stack_size = 64;

  std::vector<Instruction> code;
  std::vector<std::string> texts;
  std::vector<LiteralSet> sets;
  Reading reading = Reading::closed;
  std::bitset<4> sources;          // of its names, by enumerator
  bool is_limit = false;           // the last instruction compares two numbers
  bool is_plain_limit = false;     // a name beside a literal, as most rules are: it needs no stacks
  Dimension dimension{};           // of the number, or of both sides of the limit
  std::optional<Slopes> slopes{};  // of a cost

  double number(const View& view) const;
  Truth truth(const View& view) const;
  std::optional<Margin> margin(const View& view) const;
};

// From a tree that the checker found right. Nothing when it needs more room than the machine has.
std::optional<Program> generate(const Tree& tree, NodeIndex node, Use use);

}  // namespace routing
