// The checker at work on one tree: a pass from the leaves up that writes names, types and dimensions into it.
// Its parts are in checker.cpp, checker_numbers.cpp, checker_texts.cpp and checker_calls.cpp. Lives for one
// call of check().
#pragma once

#include <string>
#include <string_view>

#include "routing/language/check.hpp"
#include "routing/language/complaint.hpp"

namespace routing {

class Checker {
 public:
  Checker(Tree& tree, Use use, const Vocabulary& vocabulary, std::string_view source, Complaints& complaints)
      : tree_(tree), use_(use), vocabulary_(vocabulary), source_(source), complaints_(complaints) {}
  void whole();

 private:
  Node& node(NodeIndex index) { return tree_.nodes[index]; }
  Node& child(const Node& parent, std::size_t which) { return tree_.nodes[parent.children[which]]; }
  bool is_rate() const { return use_ == Use::rate || use_ == Use::budget; }
  std::string_view rate_advice() const {
    return use_ == Use::budget ? "write dollars for time such as `40 $/day`"
                               : "write a rate such as `20 $/h`";
  }
  std::string words(const Node& found) const;
  void complain(const Node& where, std::string message, std::string suggestion,
                config::Severity severity = config::Severity::error);
  void weight(Node& root);
  void wants_number(const Node& root, Dimension wanted);
  void visit(NodeIndex index);
  void name(Node& found);
  // Visits the children; false when one of them is broken, which has been complained about already.
  bool children(const Node& parent);
  bool all_are(const Node& parent, Type wanted, std::string_view operation);
  void logic(Node& found);
  void condition(Node& found);
  // `verb` as in "adds": what `found` does with the two.
  bool same_dimension(const Node& found, const Node& left, const Node& right, std::string_view verb);
  void arithmetic(Node& found);
  bool power_of(Node& found);
  // A word that is no name may be one of the texts that the other side can have: `quantization == fp8`.
  void word_as_text(Node& found, const Node& other);
  void one_of(const Node& text, Domain domain);
  Domain domain_of(const Node& found) const;
  void comparison(Node& found);
  static std::string plural(Type type);
  void membership(Node& found);
  void call(Node& found);
  // The one text that a function takes; a bare word will do. Null, and a complaint, when it is not there.
  const Node* text_argument(const Node& found, std::string_view example);
  void supports(Node& found);
  void header(Node& found);
  void probability(Node& found);
  void extreme(Node& found);
  Tree& tree_;
  Use use_;
  const Vocabulary& vocabulary_;
  std::string_view source_;
  Complaints& complaints_;
};

}  // namespace routing
