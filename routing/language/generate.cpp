// Tree to program, depth first: operands, then what is done with them.
#include <algorithm>
#include <limits>
#include <utility>

#include "routing/language/program.hpp"
#include "routing/language/slopes.hpp"
#include "routing/language/vocabulary.hpp"

namespace routing {

namespace {

Operation operation_of(Form form) {
  switch (form) {
    case Form::negate:
      return Operation::negate;
    case Form::add:
      return Operation::add;
    case Form::subtract:
      return Operation::subtract;
    case Form::multiply:
      return Operation::multiply;
    case Form::divide:
      return Operation::divide;
    default:
      return Operation::compare;
  }
}

class Generator {
 public:
  explicit Generator(const Tree& tree) : tree_(tree) {}

  std::optional<Program> whole(NodeIndex root, Reading reading) {
    program_.reading = reading;
    const Node& node = tree_.nodes[root];
    emit(root);
    if (deepest_ > Program::stack_size || program_.code.size() >= std::numeric_limits<std::uint16_t>::max()) {
      return std::nullopt;
    }
    program_.is_limit = program_.code.back().operation == Operation::compare;
    program_.is_plain_limit = program_.is_limit && program_.code.size() == 3 &&
                              program_.code[0].operation == Operation::load &&
                              program_.code[1].operation == Operation::constant;
    program_.dimension = program_.is_limit ? tree_.nodes[node.children[0]].dimension : node.dimension;
    return std::move(program_);
  }

 private:
  const Node& node(NodeIndex index) const { return tree_.nodes[index]; }

  // `grows`: how many values the stacks hold more after it; one bound for all three is close enough.
  void put(Instruction instruction, int grows) {
    program_.code.push_back(instruction);
    depth_ = static_cast<std::size_t>(static_cast<long>(depth_) + grows);
    deepest_ = std::max(deepest_, depth_);
  }
  std::uint16_t keep(const std::string& text) {
    program_.texts.push_back(text);
    return static_cast<std::uint16_t>(program_.texts.size() - 1);
  }
  std::uint16_t keep_set(const Node& set) {
    LiteralSet kept;
    if (set.form == Form::set) {
      for (const NodeIndex member : set.children) add(kept, node(member).text);
    } else {
      add(kept, set.text);
    }
    program_.sets.push_back(std::move(kept));
    return static_cast<std::uint16_t>(program_.sets.size() - 1);
  }
  static void add(LiteralSet& set, const std::string& text) {
    set.texts.push_back(text);
    if (const auto countries = config::find_countries(text)) set.countries |= *countries;
    for (unsigned i = 0; i <= static_cast<unsigned>(config::Quantization::fp32); ++i) {
      if (to_text(static_cast<config::Quantization>(i)) == text) set.quantizations |= 1u << i;
    }
  }

  void note_source(const Node& found) {
    if (found.form == Form::fact) program_.sources.set(static_cast<std::size_t>(info(found.fact).source));
  }

  // Whether what is unknown in a stretch of the tree may be a declared fact; then it closes.
  Truth unknown_in(NodeIndex index) const {
    const Node& found = node(index);
    if (found.form == Form::fact && info(found.fact).unknown == Unknown::declared) return Truth::undeclared;
    const bool closes = std::ranges::any_of(
        found.children, [&](NodeIndex child) { return unknown_in(child) == Truth::undeclared; });
    return closes ? Truth::undeclared : Truth::no_evidence;
  }

  void emit(NodeIndex index) {
    const Node& found = node(index);
    for (const NodeIndex child : found.children) note_source(node(child));
    note_source(found);
    switch (found.form) {
      case Form::number:
        return put({.operation = Operation::constant, .number = found.number}, 1);
      case Form::truth:
        return put({.operation = Operation::truth_constant, .number = found.number}, 1);
      case Form::text:
        return put({.operation = Operation::text_constant, .target = keep(found.text)}, 1);
      case Form::fact:
        return fact(found);
      case Form::call:
        return call(found);
      case Form::condition:
        return condition(found);
      case Form::not_:
        emit(found.children[0]);
        return put({.operation = Operation::negation}, 0);
      case Form::and_:
        return logic(found, Operation::skip_if_no, Operation::conjunction);
      case Form::or_:
        return logic(found, Operation::skip_if_yes, Operation::disjunction);
      case Form::in:
      case Form::not_in:
        return membership(found);
      case Form::equal:
      case Form::not_equal:
        if (node(found.children[0]).type == Type::text) return text_equality(found);
        if (node(found.children[0]).type == Type::truth) return truth_equality(found);
        break;
      default:
        break;
    }
    arithmetic(index, found);
  }

  void fact(const Node& found) {
    const Operation load = found.type == Type::number  ? Operation::load
                           : found.type == Type::truth ? Operation::truth_load
                                                       : Operation::text_load;
    put({.operation = load, .fact = found.fact}, 1);
  }

  void arithmetic(NodeIndex index, const Node& found) {
    // The exponent is part of the instruction.
    if (found.form == Form::power) {
      emit(found.children[0]);
      return put({.operation = Operation::power, .number = found.number}, 0);
    }
    for (const NodeIndex child : found.children) emit(child);
    const int grows = found.children.size() == 1 ? 0 : -1;
    put({.operation = operation_of(found.form), .comparison = found.form, .if_unknown = unknown_in(index)},
        grows);
  }

  void logic(const Node& found, Operation skip, Operation combine) {
    emit(found.children[0]);
    const std::size_t jump = program_.code.size();
    put({.operation = skip}, 0);
    emit(found.children[1]);
    program_.code[jump].target = static_cast<std::uint16_t>(program_.code.size());
    put({.operation = combine}, -1);
  }

  void condition(const Node& found) {
    for (const NodeIndex child : found.children) emit(child);
    put({.operation = found.type == Type::number ? Operation::select : Operation::select_truth}, -2);
  }

  void negated_if(bool negated) {
    if (negated) put({.operation = Operation::negation}, 0);
  }

  // A text beside a literal asks the fastest way there is; other pairs compare characters.
  void text_equality(const Node& found) {
    const Node *left = &node(found.children[0]), *right = &node(found.children[1]);
    if (left->form == Form::text) std::swap(left, right);
    const bool special = left->form == Form::fact && right->form == Form::text &&
                         (left->fact == Fact::jurisdiction || left->fact == Fact::quantization);
    if (special) {
      const Operation test =
          left->fact == Fact::jurisdiction ? Operation::country_in : Operation::quantization_in;
      put({.operation = test, .target = keep_set(*right)}, 1);
    } else {
      const Truth if_unknown = std::max(unknown_in(found.children[0]), unknown_in(found.children[1]));
      for (const NodeIndex child : found.children) emit(child);
      put({.operation = Operation::text_equal, .if_unknown = if_unknown}, -1);
    }
    negated_if(found.form == Form::not_equal);
  }

  void truth_equality(const Node& found) {
    for (const NodeIndex child : found.children) emit(child);
    put({.operation = Operation::same_truth}, -1);
    negated_if(found.form == Form::not_equal);
  }

  void membership(const Node& found) {
    const Node &left = node(found.children[0]), &right = node(found.children[1]);
    if (right.form != Form::set) {
      emit(found.children[0]);
      put({.operation = right.fact == Fact::regions ? Operation::in_regions : Operation::in_tags}, 0);
    } else if (left.form == Form::fact && (left.type == Type::set || left.fact == Fact::jurisdiction ||
                                           left.fact == Fact::quantization)) {
      const Operation test = left.fact == Fact::regions        ? Operation::regions_in
                             : left.fact == Fact::tags         ? Operation::tags_in
                             : left.fact == Fact::jurisdiction ? Operation::country_in
                                                               : Operation::quantization_in;
      put({.operation = test, .target = keep_set(right)}, 1);
    } else {
      emit(found.children[0]);
      put({.operation = Operation::text_in,
           .if_unknown = unknown_in(found.children[0]),
           .target = keep_set(right)},
          0);
    }
    negated_if(found.form == Form::not_in);
  }

  void call(const Node& found) {
    if (found.text == "supports") {
      return put({.operation = Operation::supports, .target = static_cast<std::uint16_t>(found.number)}, 1);
    }
    if (found.text == "header") {
      return put({.operation = Operation::text_header, .target = keep(node(found.children[0]).text)}, 1);
    }
    if (found.text == "probability") {
      const Node& question = node(found.children[0]);
      emit(question.children[1]);
      const bool above = question.form == Form::greater || question.form == Form::greater_equal;
      return put({.operation = above ? Operation::probability_above : Operation::probability_below,
                  .fact = node(question.children[0]).fact},
                 0);
    }
    emit(found.children[0]);
    for (std::size_t i = 1; i < found.children.size(); ++i) {
      emit(found.children[i]);
      put({.operation = found.text == "min" ? Operation::minimum : Operation::maximum}, -1);
    }
  }

  const Tree& tree_;
  Program program_;
  std::size_t depth_ = 0, deepest_ = 0;
};

Reading reading_of(Use use) {
  switch (use) {
    case Use::require:
    case Use::prefer:
    case Use::relax:
      return Reading::open;
    case Use::minimize:
    case Use::rate:
    case Use::budget:
      return Reading::cost;
    case Use::weight:
      return Reading::weight;
    case Use::allow:
    case Use::when:
      break;
  }
  return Reading::closed;
}

}  // namespace

std::optional<Program> generate(const Tree& tree, NodeIndex node, Use use) {
  // The draw itself is the policy's; the program computes its weight.
  const Node& root = tree.nodes[node];
  const bool draw = use == Use::weight && root.form == Form::call && root.text == "weighted";
  std::optional<Program> program = Generator(tree).whole(draw ? root.children[0] : node, reading_of(use));
  if (program && use == Use::minimize) program->slopes = slopes_of(tree, node);
  return program;
}

}  // namespace routing
