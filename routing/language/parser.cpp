// Recursive descent. Loosest to tightest: if, or, and, not, comparisons and in, + -, * /, sign, ^.
#include <algorithm>
#include <array>
#include <utility>

#include "routing/language/lexer.hpp"
#include "routing/language/syntax.hpp"

namespace routing {

namespace {

constexpr int deepest = 40;  // brackets within brackets
constexpr std::size_t most_nodes = 600;

using Level = std::span<const std::pair<std::string_view, Form>>;
using Kind = Lexeme::Kind;

constexpr std::array<std::pair<std::string_view, Form>, 1> disjunctions{{{"or", Form::or_}}};
constexpr std::array<std::pair<std::string_view, Form>, 1> conjunctions{{{"and", Form::and_}}};
constexpr std::array<std::pair<std::string_view, Form>, 6> comparisons{{{"<=", Form::less_equal},
                                                                        {"<", Form::less},
                                                                        {">=", Form::greater_equal},
                                                                        {">", Form::greater},
                                                                        {"==", Form::equal},
                                                                        {"!=", Form::not_equal}}};
constexpr std::array<std::pair<std::string_view, Form>, 2> sums{{{"+", Form::add}, {"-", Form::subtract}}};
constexpr std::array<std::pair<std::string_view, Form>, 2> products{
    {{"*", Form::multiply}, {"/", Form::divide}}};

// Unwinds to parse() with the one complaint that it made. Never leaves this file.
struct Stop {};

class Parser {
 public:
  Parser(std::vector<Lexeme> lexemes, Complaints& complaints)
      : lexemes_(std::move(lexemes)), complaints_(complaints) {}

  Tree whole() {
    if (here().kind == Kind::end) stop(here(), "there is nothing here", "write an expression");
    tree_.root = expression();
    if (here().kind != Kind::end) {
      const bool value = here().kind != Kind::symbol;
      stop(here(), "`" + shown(here()) + "` does not continue the expression",
           value ? "an operator such as `and`, `*` or `<=` is missing before it" : "");
    }
    return std::move(tree_);
  }

 private:
  const Lexeme& here() const { return lexemes_[at_]; }
  static std::string shown(const Lexeme& lexeme) {
    return lexeme.kind == Kind::number ? "a number" : lexeme.text;
  }
  [[noreturn]] void stop(const Lexeme& where, std::string message, std::string suggestion) {
    complaints_.push_back({.begin = where.begin,
                           .end = where.end,
                           .message = std::move(message),
                           .suggestion = std::move(suggestion)});
    throw Stop{};
  }
  bool is(std::string_view text) const {
    return (here().kind == Kind::symbol || here().kind == Kind::word) && here().text == text;
  }
  bool take(std::string_view text) {
    if (!is(text)) return false;
    ++at_;
    return true;
  }
  void need(std::string_view text, std::string_view after) {
    if (take(text)) return;
    stop(here(), "`" + std::string(text) + "` is missing after " + std::string(after), "");
  }

  NodeIndex make(Node node) {
    if (tree_.nodes.size() >= most_nodes) {
      stop(here(), "this expression has more than 600 parts", "split it into several rules");
    }
    tree_.nodes.push_back(std::move(node));
    return tree_.nodes.size() - 1;
  }
  NodeIndex join(Form form, std::vector<NodeIndex> children) {
    const std::size_t begin = tree_.nodes[children.front()].begin;
    const std::size_t end = tree_.nodes[children.back()].end;
    return make({.form = form, .begin = begin, .end = end, .text = "", .children = std::move(children)});
  }

  NodeIndex expression() {
    if (++depth_ > deepest) stop(here(), "brackets are nested too deeply", "at most 40 levels are allowed");
    const NodeIndex result = is("if") ? condition() : binary(disjunctions, &Parser::conjunction_level);
    --depth_;
    return result;
  }
  NodeIndex conjunction_level() { return binary(conjunctions, &Parser::negation); }
  NodeIndex sum() { return binary(sums, &Parser::product); }
  NodeIndex product() { return binary(products, &Parser::sign); }

  NodeIndex binary(Level level, NodeIndex (Parser::*tighter)()) {
    NodeIndex left = (this->*tighter)();
    for (;;) {
      const auto found = std::ranges::find_if(level, [&](const auto& entry) { return is(entry.first); });
      if (found == level.end()) return left;
      ++at_;
      const NodeIndex right = (this->*tighter)();
      left = join(found->second, {left, right});
    }
  }

  NodeIndex condition() {
    const std::size_t begin = here().begin;
    ++at_;
    const NodeIndex question = expression();
    need("then", "the condition of `if`");
    const NodeIndex yes = expression();
    need("else", "what `then` gives");
    const NodeIndex no = expression();
    const NodeIndex result = join(Form::condition, {question, yes, no});
    tree_.nodes[result].begin = begin;
    return result;
  }

  NodeIndex negation() {
    if (!is("not")) return comparison();
    if (++depth_ > deepest) stop(here(), "`not` is nested too deeply", "");
    const std::size_t begin = here().begin;
    ++at_;
    const NodeIndex result = join(Form::not_, {negation()});
    tree_.nodes[result].begin = begin;
    --depth_;
    return result;
  }

  NodeIndex comparison() {
    const NodeIndex left = sum();
    if (take("in")) return join(Form::in, {left, sum()});
    if (is("not")) {
      ++at_;
      need("in", "`not` between two values");
      return join(Form::not_in, {left, sum()});
    }
    const auto found = std::ranges::find_if(comparisons, [&](const auto& entry) { return is(entry.first); });
    if (found == comparisons.end()) return left;
    ++at_;
    const NodeIndex right = sum();
    if (std::ranges::any_of(comparisons, [&](const auto& entry) { return is(entry.first); })) {
      stop(here(), "comparisons cannot be chained", "write `a < b and b < c`");
    }
    return join(found->second, {left, right});
  }

  NodeIndex sign() {
    if (!is("-")) return power();
    if (++depth_ > deepest) stop(here(), "signs are nested too deeply", "");
    const std::size_t begin = here().begin;
    ++at_;
    const NodeIndex result = join(Form::negate, {sign()});
    tree_.nodes[result].begin = begin;
    --depth_;
    return result;
  }

  NodeIndex power() {
    const NodeIndex base = primary();
    if (!take("^")) return base;
    const NodeIndex exponent = is("-") ? sign() : primary();
    if (is("^")) stop(here(), "`^` cannot be chained", "use brackets");
    return join(Form::power, {base, exponent});
  }

  NodeIndex primary() {
    const Lexeme& lexeme = here();
    switch (lexeme.kind) {
      case Kind::number:
        ++at_;
        return make({.form = Form::number,
                     .begin = lexeme.begin,
                     .end = lexeme.end,
                     .text = "",
                     .number = lexeme.number,
                     .dimension = lexeme.dimension});
      case Kind::text:
        ++at_;
        return make({.form = Form::text, .begin = lexeme.begin, .end = lexeme.end, .text = lexeme.text});
      case Kind::word:
        return word();
      case Kind::symbol:
        if (take("(")) return bracketed();
        if (is("[")) return set();
        break;
      case Kind::end:
        stop(lexeme, "the expression ends too early", "a value is missing here");
    }
    stop(lexeme, "`" + lexeme.text + "` cannot stand here", "a value is missing before it");
  }

  NodeIndex bracketed() {
    const NodeIndex inside = expression();
    need(")", "the expression in brackets");
    return inside;
  }

  NodeIndex word() {
    const Lexeme& lexeme = here();
    static constexpr std::array<std::string_view, 6> reserved{"then", "else", "and", "or", "in", "not"};
    if (std::ranges::find(reserved, lexeme.text) != reserved.end()) {
      stop(lexeme, "`" + lexeme.text + "` cannot stand here", "a value is missing before it");
    }
    if (lexeme.text == "if")
      stop(lexeme, "`if` inside an expression needs brackets", "write `(if … then … else …)`");
    ++at_;
    if (lexeme.text == "true" || lexeme.text == "false") {
      return make({.form = Form::truth,
                   .begin = lexeme.begin,
                   .end = lexeme.end,
                   .text = lexeme.text,
                   .number = lexeme.text == "true" ? 1.0 : 0.0});
    }
    if (take("(")) return call(lexeme);
    return make({.form = Form::word, .begin = lexeme.begin, .end = lexeme.end, .text = lexeme.text});
  }

  NodeIndex call(const Lexeme& name) {
    std::vector<NodeIndex> arguments;
    if (!is(")")) {
      do {
        arguments.push_back(expression());
      } while (take(","));
    }
    const std::size_t end = here().end;
    need(")", "the arguments of `" + name.text + "`");
    return make({.form = Form::call,
                 .begin = name.begin,
                 .end = end,
                 .text = name.text,
                 .children = std::move(arguments)});
  }

  // Bare words in a set are texts: [US, EU].
  NodeIndex set() {
    const std::size_t begin = here().begin;
    ++at_;
    std::vector<NodeIndex> members;
    while (!is("]")) {
      const Lexeme& lexeme = here();
      if (lexeme.kind != Kind::word && lexeme.kind != Kind::text) {
        stop(lexeme, "a set holds names or texts only", "write `[US, EU]` or `[\"a name\"]`");
      }
      ++at_;
      members.push_back(
          make({.form = Form::text, .begin = lexeme.begin, .end = lexeme.end, .text = lexeme.text}));
      if (!take(",") && !is("]")) stop(here(), "`,` or `]` is missing in the set", "");
    }
    const std::size_t end = here().end;
    ++at_;
    return make({.form = Form::set, .begin = begin, .end = end, .text = "", .children = std::move(members)});
  }

  std::vector<Lexeme> lexemes_;
  Complaints& complaints_;
  Tree tree_;
  std::size_t at_ = 0;
  int depth_ = 0;
};

}  // namespace

std::optional<Tree> parse(std::string_view text, Complaints& complaints) {
  Complaints found;
  std::vector<Lexeme> lexemes = lex(text, found);
  if (!found.empty()) {
    complaints.insert(complaints.end(), found.begin(), found.end());
    return std::nullopt;
  }
  try {
    return Parser(std::move(lexemes), complaints).whole();
  } catch (const Stop&) {
    return std::nullopt;
  }
}

}  // namespace routing
