#include "routing/checker.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

#include "routing/dimension_advice.hpp"

namespace routing {

using namespace dimensions;

namespace {

std::string quoted(std::string_view text) {
  return "`" + std::string(text) + "`";
}

class Checker {
 public:
  Checker(Tree& tree, Use use, const Vocabulary& vocabulary, std::string_view source, Complaints& complaints)
      : tree_(tree), use_(use), vocabulary_(vocabulary), source_(source), complaints_(complaints) {}

  void whole() {
    Node& root = node(tree_.root);
    if (use_ == Use::weight) return weight(root);
    visit(tree_.root);
    if (root.type == Type::broken) return;
    const bool wants_truth =
        use_ == Use::allow || use_ == Use::require || use_ == Use::prefer || use_ == Use::when;
    if (wants_truth && root.type != Type::truth) {
      complain(root,
               words(root) + " is " + std::string(to_text(root.type)) + ", and " + quoted(to_text(use_)) +
                   " wants true or false",
               root.type == Type::number ? "compare it with a limit, as in " + quoted("ttft <= 3 s") : "");
    }
    if (use_ == Use::minimize) wants_number(root, dollars);
    if (use_ == Use::rate) wants_number(root, dollars_per_second);
  }

 private:
  Node& node(NodeIndex index) { return tree_.nodes[index]; }
  Node& child(const Node& parent, std::size_t which) { return tree_.nodes[parent.children[which]]; }
  std::string words(const Node& found) const {
    return quoted(source_.substr(found.begin, found.end - found.begin));
  }
  void complain(const Node& where, std::string message, std::string suggestion,
                config::Severity severity = config::Severity::error) {
    complaints_.push_back({.begin = where.begin,
                           .end = where.end,
                           .message = std::move(message),
                           .suggestion = std::move(suggestion),
                           .severity = severity});
  }

  void weight(Node& root) {
    if (root.form != Form::call || root.text != "weighted" || root.children.size() != 1) {
      return complain(root, "`choose` wants a draw", "write `weighted(price ^ -2)`, or leave `choose` out");
    }
    visit(root.children[0]);
    root.type = child(root, 0).type;
    if (root.type != Type::broken && root.type != Type::number) {
      complain(
          child(root, 0),
          words(child(root, 0)) + " is " + std::string(to_text(root.type)) + ", and a weight is a number",
          "");
    }
  }

  void wants_number(const Node& root, Dimension wanted) {
    if (root.type != Type::number) {
      complain(root,
               words(root) + " is " + std::string(to_text(root.type)) + ", and " + quoted(to_text(use_)) +
                   " must come out in " + to_text(wanted),
               "");
    } else if (root.dimension != wanted) {
      complain(root,
               words(root) + " comes out in " + to_text(root.dimension) + ", and " + quoted(to_text(use_)) +
                   " must come out in " + to_text(wanted),
               advice(wanted, root.dimension));
    }
  }

  void visit(NodeIndex index) {
    switch (node(index).form) {
      case Form::number:
        node(index).type = Type::number;
        return;
      case Form::text:
        node(index).type = Type::text;
        return;
      case Form::truth:
        node(index).type = Type::truth;
        return;
      case Form::set:
        node(index).type = Type::set;
        return;
      case Form::word:
        return name(node(index));
      case Form::fact:
        return;
      case Form::call:
        return call(node(index));
      case Form::condition:
        return condition(node(index));
      case Form::and_:
      case Form::or_:
      case Form::not_:
        return logic(node(index));
      case Form::in:
      case Form::not_in:
        return membership(node(index));
      default:
        break;
    }
    Node& found = node(index);
    if (is_order(found.form) || found.form == Form::equal || found.form == Form::not_equal)
      return comparison(found);
    arithmetic(found);
  }

  void name(Node& found) {
    const FactInfo* fact = find_fact(found.text);
    if (fact == nullptr) {
      const std::string near = config::nearest(found.text, known_words());
      return complain(found, "there is no name " + quoted(found.text),
                      near.empty() ? "texts are written in quotes" : "did you mean " + quoted(near) + "?");
    }
    if (use_ == Use::when && fact->source != Source::request) {
      return complain(found, quoted(found.text) + " is about an endpoint, and `when` sees the request alone",
                      "choose by the request here, and by endpoints inside the policy");
    }
    if (use_ == Use::rate)
      return complain(found, "`value_of_time` is a constant", "write a rate such as `20 $/h`");
    if (use_ == Use::allow && (fact->source == Source::measured || fact->source == Source::predicted)) {
      complain(found, quoted(found.text) + " is live, and `allow` is never relaxed and fails closed",
               "put it under `require`, unless an endpoint without evidence shall get nothing",
               config::Severity::warning);
    }
    found.form = Form::fact;
    found.fact = fact->fact;
    found.type = fact->type;
    found.dimension = fact->dimension;
  }

  // Visits the children; false when one of them is broken, which has been complained about already.
  bool children(const Node& parent) {
    bool good = true;
    for (const NodeIndex each : parent.children) {
      visit(each);
      good = good && node(each).type != Type::broken;
    }
    return good;
  }

  bool all_are(const Node& parent, Type wanted, std::string_view operation) {
    bool good = true;
    for (const NodeIndex each : parent.children) {
      if (node(each).type == wanted) continue;
      complain(node(each),
               words(node(each)) + " is " + std::string(to_text(node(each).type)) + ", and " +
                   quoted(operation) + " wants " +
                   (wanted == Type::number ? "numbers" : std::string(to_text(wanted))),
               "");
      good = false;
    }
    return good;
  }

  void logic(Node& found) {
    if (children(found) && all_are(found, Type::truth, symbol(found.form))) found.type = Type::truth;
  }

  void condition(Node& found) {
    if (!children(found)) return;
    Node& question = child(found, 0);
    if (question.type != Type::truth) {
      return complain(
          question,
          words(question) + " is " + std::string(to_text(question.type)) + ", and `if` wants true or false",
          "");
    }
    const Node &yes = child(found, 1), &no = child(found, 2);
    if (yes.type != no.type || (yes.type != Type::number && yes.type != Type::truth)) {
      return complain(found,
                      "`then` gives " + std::string(to_text(yes.type)) + " and `else` gives " +
                          std::string(to_text(no.type)),
                      "both must be numbers of one unit, or true or false");
    }
    if (yes.type == Type::number && !same_dimension(found, yes, no, "`if` gives")) return;
    found.type = yes.type;
    found.dimension = yes.dimension;
  }

  // `verb` as in "adds": what `found` does with the two.
  bool same_dimension(const Node& found, const Node& left, const Node& right, std::string_view verb) {
    if (left.dimension == right.dimension) return true;
    const std::string_view link = verb == "compares" ? " with " : verb == "subtracts" ? " from " : " to ";
    std::string message = words(found) + " ";
    if (verb == "subtracts") {
      message += "subtracts " + to_text(right.dimension) + " from " + to_text(left.dimension);
    } else if (verb == "adds" || verb == "compares") {
      message +=
          std::string(verb) + " " + to_text(left.dimension) + std::string(link) + to_text(right.dimension);
    } else {
      message += "mixes " + to_text(left.dimension) + " and " + to_text(right.dimension);
    }
    const Node* bare = right.form == Form::number ? &right : left.form == Form::number ? &left : nullptr;
    const Dimension other = bare == &right ? left.dimension : right.dimension;
    const bool unit_missing = bare != nullptr && bare->dimension == plain;
    complain(found, message,
             unit_missing ? unit_advice(bare->number, other) : advice(left.dimension, right.dimension));
    return false;
  }

  void arithmetic(Node& found) {
    if (!children(found) || !all_are(found, Type::number, symbol(found.form))) return;
    const Node& left = child(found, 0);
    switch (found.form) {
      case Form::negate:
        found.dimension = left.dimension;
        break;
      case Form::multiply:
        found.dimension = left.dimension * child(found, 1).dimension;
        break;
      case Form::divide:
        found.dimension = left.dimension / child(found, 1).dimension;
        if (child(found, 1).form == Form::number && child(found, 1).number == 0) {
          return complain(child(found, 1), "this divides by zero", "");
        }
        break;
      case Form::power:
        if (!power_of(found)) return;
        break;
      default: {
        const std::string_view verb = found.form == Form::add ? "adds" : "subtracts";
        if (!same_dimension(found, left, child(found, 1), verb)) return;
        found.dimension = left.dimension;
      }
    }
    found.type = Type::number;
  }

  bool power_of(Node& found) {
    const Node& exponent = child(found, 1);
    const bool negated = exponent.form == Form::negate;
    const Node& size = negated ? child(exponent, 0) : exponent;
    if (size.form != Form::number || size.dimension != plain || size.number > 8) {
      complain(exponent, "an exponent is a plain number between -8 and 8", "as in `price ^ -2`");
      return false;
    }
    const double value = negated ? -size.number : size.number;
    const Dimension base = child(found, 0).dimension;
    if (base != plain && value != std::floor(value)) {
      complain(found, words(found) + " takes a broken power of " + to_text(base),
               "divide by a unit first, as in `(price / $1) ^ 0.5`");
      return false;
    }
    found.number = value;
    found.dimension = base == plain ? plain : power(base, static_cast<int>(value));
    return true;
  }

  // A word that is no name may be one of the texts that the other side can have: `quantization == fp8`.
  void word_as_text(Node& found, const Node& other) {
    if (found.form != Form::word || find_fact(found.text) != nullptr) return;
    const Domain domain = other.form == Form::word && find_fact(other.text) != nullptr
                              ? find_fact(other.text)->domain
                              : Domain::any;
    if (domain == Domain::any) return;
    if (Vocabulary::is_fixed(domain) || vocabulary_.knows(domain, found.text)) found.form = Form::text;
  }

  void one_of(const Node& text, Domain domain) {
    if (text.form != Form::text || vocabulary_.knows(domain, text.text)) return;
    const bool fixed = Vocabulary::is_fixed(domain);
    std::string near = config::nearest(text.text, vocabulary_.words(domain));
    if (domain == Domain::country && text.text == "UK") near = "GB";
    std::string suggestion = near.empty() ? "" : "did you mean " + quoted(near) + "?";
    if (domain == Domain::country && near.empty()) {
      suggestion = "write an ISO 3166-1 alpha-2 code such as `US`, or one of the groups `EU` and `EEA`";
    }
    complain(text, quoted(text.text) + " is not a known " + std::string(to_text(domain)), suggestion,
             fixed ? config::Severity::error : config::Severity::warning);
  }

  Domain domain_of(const Node& found) const {
    return found.form == Form::fact ? info(found.fact).domain : Domain::any;
  }

  void comparison(Node& found) {
    word_as_text(child(found, 0), child(found, 1));
    word_as_text(child(found, 1), child(found, 0));
    if (!children(found)) return;
    const Node &left = child(found, 0), &right = child(found, 1);
    const bool same_kind = left.type == right.type;
    if (same_kind && left.type == Type::number) {
      if (same_dimension(found, left, right, "compares")) found.type = Type::truth;
      return;
    }
    const bool ordered = is_order(found.form);
    if (same_kind && left.type == Type::text && !ordered) {
      one_of(left, domain_of(right));
      one_of(right, domain_of(left));
      found.type = Type::truth;
      return;
    }
    if (same_kind && left.type == Type::truth && !ordered) {
      found.type = Type::truth;
      return;
    }
    const bool sets = left.type == Type::set || right.type == Type::set;
    complain(
        found,
        words(found) + (ordered && same_kind ? " asks for an order that " + plural(left.type) + " do not have"
                                             : " compares " + std::string(to_text(left.type)) + " with " +
                                                   std::string(to_text(right.type))),
        sets ? "sets are asked with `in`" : "");
  }
  static std::string plural(Type type) {
    return type == Type::text ? "texts" : type == Type::set ? "sets" : "truths";
  }

  void membership(Node& found) {
    word_as_text(child(found, 0), child(found, 1));
    word_as_text(child(found, 1), child(found, 0));
    if (!children(found)) return;
    const Node &left = child(found, 0), &right = child(found, 1);
    if (right.type != Type::set) {
      return complain(right,
                      words(right) + " is " + std::string(to_text(right.type)) + ", and `in` wants a set",
                      "write `in [...]`, or `==` to compare with one value");
    }
    const bool left_fits = left.type == Type::text || (left.form == Form::fact && left.type == Type::set);
    if (!left_fits || (left.type == Type::set && right.form != Form::set)) {
      return complain(left, words(left) + " cannot be a member of a set",
                      "ask for a text or for all of a set, as in `regions in [US]`");
    }
    if (right.form == Form::set) {
      for (const NodeIndex member : right.children) one_of(node(member), domain_of(left));
      if (right.children.empty()) complain(right, "nothing is in an empty set", "");
    } else {
      one_of(left, domain_of(right));
    }
    found.type = Type::truth;
  }

  void call(Node& found) {
    if (found.text == "supports") return supports(found);
    if (found.text == "header") return header(found);
    if (found.text == "probability") return probability(found);
    if (found.text == "min" || found.text == "max") return extreme(found);
    if (found.text == "weighted") return complain(found, "`weighted` belongs into `choose` alone", "");
    const std::string near = config::nearest(found.text, {"supports", "header", "probability", "min", "max"});
    complain(found, "there is no function " + quoted(found.text),
             near.empty() ? "the functions are supports, header, probability, min and max"
                          : "did you mean " + quoted(near) + "?");
  }

  // The one text that a function takes; a bare word will do. Null, and a complaint, when it is not there.
  const Node* text_argument(const Node& found, std::string_view example) {
    if (found.children.size() == 1) {
      Node& argument = child(found, 0);
      if (argument.form == Form::word) argument.form = Form::text;
      argument.type = Type::text;
      if (argument.form == Form::text) return &argument;
    }
    complain(found, quoted(found.text) + " takes one text", "write " + quoted(example));
    return nullptr;
  }

  void supports(Node& found) {
    if (use_ == Use::when || use_ == Use::rate) {
      return complain(found, "`supports` is about an endpoint, and " + quoted(to_text(use_)) + " sees none",
                      "");
    }
    const Node* argument = text_argument(found, "supports(\"tools\")");
    if (argument == nullptr) return;
    std::vector<std::string> features;
    for (std::size_t i = 0; i < config::feature_count; ++i) {
      features.emplace_back(to_text(static_cast<config::Feature>(i)));
      if (features.back() == argument->text) found.number = static_cast<double>(i), found.type = Type::truth;
    }
    if (found.type == Type::truth) return;
    const std::string near = config::nearest(argument->text, features);
    std::string all;
    for (const std::string& feature : features) all += (all.empty() ? "" : ", ") + feature;
    complain(*argument, quoted(argument->text) + " is not a feature",
             near.empty() ? "the features are " + all : "did you mean " + quoted(near) + "?");
  }

  void header(Node& found) {
    Node* argument = const_cast<Node*>(text_argument(found, "header(\"x-tier\")"));
    if (argument == nullptr) return;
    std::ranges::transform(argument->text, argument->text.begin(), [](char c) {
      return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    });
    if (!argument->text.starts_with("x-")) {
      return complain(*argument, "only headers whose name begins with `x-` can be read", "");
    }
    if (use_ == Use::rate)
      return complain(found, "`value_of_time` is a constant", "write a rate such as `20 $/h`");
    found.type = Type::text;
  }

  void probability(Node& found) {
    const std::string example = "write `probability(ttft > 2 s)`";
    if (found.children.size() != 1 || !is_order(child(found, 0).form)) {
      return complain(found, "`probability` takes one comparison with `<` or `>`", example);
    }
    Node& question = child(found, 0);
    visit(found.children[0]);
    if (question.type == Type::broken) return;
    const Node& subject = child(question, 0);
    const bool known =
        subject.form == Form::fact &&
        (subject.fact == Fact::ttft || subject.fact == Fact::throughput || subject.fact == Fact::generation);
    if (!known) {
      return complain(subject,
                      "`probability` knows how `ttft`, `throughput` and `generation` are distributed, not " +
                          words(subject),
                      example);
    }
    found.type = Type::number;
    found.dimension = plain;
  }

  void extreme(Node& found) {
    if (found.children.size() < 2) {
      return complain(found, quoted(found.text) + " takes two or more numbers", "");
    }
    if (!children(found) || !all_are(found, Type::number, found.text)) return;
    for (const NodeIndex each : found.children) {
      if (!same_dimension(found, child(found, 0), node(each), "mixes")) return;
    }
    found.type = Type::number;
    found.dimension = child(found, 0).dimension;
  }

  Tree& tree_;
  Use use_;
  const Vocabulary& vocabulary_;
  std::string_view source_;
  Complaints& complaints_;
};

}  // namespace

std::string_view to_text(Use use) {
  switch (use) {
    case Use::allow:
      return "allow";
    case Use::require:
      return "require";
    case Use::prefer:
      return "prefer";
    case Use::minimize:
      return "minimize";
    case Use::weight:
      return "choose";
    case Use::rate:
      return "value_of_time";
    case Use::when:
      return "when";
    case Use::relax:
      break;
  }
  return "relax";
}

void check(Tree& tree, Use use, const Vocabulary& vocabulary, std::string_view source,
           Complaints& complaints) {
  Checker(tree, use, vocabulary, source, complaints).whole();
}

}  // namespace routing
