#include "routing/language/lexer.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <cstdint>
#include <optional>
#include <utility>

#include "config/values/ascii.hpp"
#include "config/values/units.hpp"
#include "routing/language/fact.hpp"

namespace routing {

using namespace dimensions;

namespace {

// Without the locale of <cctype>.
using config::is_digit;
bool is_letter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}
bool is_space(char c) {
  return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

constexpr std::array<std::string_view, 6> after_values{"and", "or", "in", "not", "then", "else"};

// Anything else beside a number is meant as its unit; a name that there is misses an operator.
bool may_follow_a_number(std::string_view word) {
  return std::ranges::find(after_values, word) != after_values.end() || find_fact(word) != nullptr;
}

std::string unit_advice_for(std::string_view word) {
  if (word == "k" || word == "K") return "write `ktok` for thousands of tokens";
  using Spoken = std::pair<std::string_view, std::string_view>;
  static constexpr std::array<Spoken, 17> spoken{{{"m", "min"},
                                                  {"M", "Mtok"},
                                                  {"tps", "tok/s"},
                                                  {"hr", "h"},
                                                  {"sec", "s"},
                                                  {"secs", "s"},
                                                  {"second", "s"},
                                                  {"seconds", "s"},
                                                  {"msec", "ms"},
                                                  {"minute", "min"},
                                                  {"minutes", "min"},
                                                  {"hour", "h"},
                                                  {"hours", "h"},
                                                  {"days", "d"},
                                                  {"token", "tok"},
                                                  {"tokens", "tok"},
                                                  {"percent", "%"}}};
  const auto known = std::ranges::find(spoken, word, &Spoken::first);
  if (known != spoken.end()) return "write `" + std::string(known->second) + "`";
  const std::string near = config::nearest(std::string(word), {"tok", "ktok", "Mtok"});
  return near.empty() ? "the units are us ms s min h d, tok ktok Mtok, $ and %"
                      : "did you mean `" + near + "`?";
}

// Prices are kept in billionths of a dollar per million tokens. What is written in another unit, such as
// `0.0003 $/ktok`, is the number that such a price is, where there is one, so that a limit meets its equal.
double as_prices_are_kept(double dollars_per_token) {
  const double nanos = dollars_per_token * 1e15;
  const double whole = std::round(nanos);
  if (whole >= 9e15 || std::abs(nanos - whole) > 1e-9 * whole) return dollars_per_token;
  return config::PricePerMillionTokens{{static_cast<std::int64_t>(whole)}}.dollars_per_token();
}

class Lexer {
 public:
  Lexer(std::string_view text, Complaints& complaints) : text_(text), complaints_(complaints) {}

  std::vector<Lexeme> all() {
    while (complaints_.empty()) {
      skip_space();
      if (at_ == text_.size()) break;
      next();
    }
    lexemes_.push_back({.kind = Lexeme::Kind::end, .begin = text_.size(), .end = text_.size(), .text = ""});
    return std::move(lexemes_);
  }

 private:
  char here() const { return at_ < text_.size() ? text_[at_] : '\0'; }
  void skip_space() {
    while (at_ < text_.size() && is_space(text_[at_])) ++at_;
  }
  void complain(std::size_t begin, std::size_t end, std::string message, std::string suggestion) {
    complaints_.push_back(
        {.begin = begin, .end = end, .message = std::move(message), .suggestion = std::move(suggestion)});
  }

  void next() {
    const char c = here();
    if (is_letter(c)) return word();
    if (is_digit(c) || (c == '.' && at_ + 1 < text_.size() && is_digit(text_[at_ + 1]))) return number(at_);
    if (c == '$') return money();
    if (c == '"' || c == '\'') return quoted(c);
    symbol();
  }

  // Words may hold dots: `ttft.p90` is one name.
  std::string_view peek_word() const {
    std::size_t end = at_;
    while (end < text_.size() &&
           (is_letter(text_[end]) || (end > at_ && (is_digit(text_[end]) || text_[end] == '.')))) {
      ++end;
    }
    return text_.substr(at_, end - at_);
  }

  void word() {
    const std::string_view found = peek_word();
    push(Lexeme::Kind::word, at_, at_ + found.size(), std::string(found));
    at_ += found.size();
  }

  void money() {
    const std::size_t begin = at_++;
    skip_space();
    if (!is_digit(here()) && here() != '.') {
      return complain(begin, begin + 1, "`$` without a number", "write `$0.002`, `0.5 $/Mtok` or `20 $/h`");
    }
    const std::optional<double> amount = digits();
    if (!amount) return;
    literal(begin, *amount, dollars);
  }

  void number(std::size_t begin) {
    const std::optional<double> value = digits();
    if (!value) return;
    const std::size_t after_number = at_;
    skip_space();
    const std::optional<Unit> unit = take_unit();
    if (unit) return literal(begin, unit->in_base(*value), unit->dimension);
    const std::string_view found = is_letter(here()) ? peek_word() : std::string_view();
    if (!found.empty() && (at_ == after_number || !may_follow_a_number(found))) {
      return no_unit(found);
    }
    at_ = after_number;
    push_number(begin, *value, plain);
  }

  std::optional<double> digits() {
    double value = 0;
    const auto [end, error] = std::from_chars(text_.data() + at_, text_.data() + text_.size(), value);
    const auto length = static_cast<std::size_t>(end - (text_.data() + at_));
    if (error != std::errc{} || value > 1e15) {
      complain(at_, at_ + std::max<std::size_t>(length, 1), "this number is too large or cannot be read",
               "numbers go up to 1e15");
      return std::nullopt;
    }
    at_ += length;
    return value;
  }

  void no_unit(std::string_view word) {
    complain(at_, at_ + word.size(), "`" + std::string(word) + "` is not a unit", unit_advice_for(word));
  }

  // A unit at this place, taken only when there is one.
  std::optional<Unit> take_unit() {
    const char c = here();
    const std::string_view name = c == '$' || c == '%' ? text_.substr(at_, 1) : peek_word();
    const std::optional<Unit> unit = find_unit(name);
    if (unit) at_ += name.size();
    return unit;
  }

  // What follows a literal's first unit: "/h" makes 20 $ a rate; "/ price" is a division.
  void literal(std::size_t begin, double value, Dimension dimension) {
    const std::size_t after_unit = at_;
    skip_space();
    if (here() == '/') {
      ++at_;
      skip_space();
      const std::string_view found = is_letter(here()) ? peek_word() : std::string_view();
      // `$6 / min(a, b)` is no rate by the minute.
      const bool calls = text_.substr(std::min(at_ + found.size(), text_.size())).starts_with('(');
      const std::optional<Unit> per = is_letter(here()) && !calls ? take_unit() : std::nullopt;
      if (per) return push_rate(begin, value * per->over / per->times, dimension / per->dimension);
      if (!found.empty() && !calls && !may_follow_a_number(found)) return no_unit(found);
    }
    at_ = after_unit;
    push_number(begin, value, dimension);
  }

  void quoted(char quote) {
    const std::size_t begin = at_;
    const std::size_t close = text_.find(quote, begin + 1);
    if (close == std::string_view::npos) {
      return complain(begin, text_.size(), "this text has no closing quote", "");
    }
    push(Lexeme::Kind::text, begin, close + 1, std::string(text_.substr(begin + 1, close - begin - 1)));
    at_ = close + 1;
  }

  void symbol() {
    static constexpr std::array<std::pair<std::string_view, std::string_view>, 4> foreign{
        {{"&&", "and"}, {"||", "or"}, {"<>", "!="}, {"=>", ">="}}};
    static constexpr std::array<std::string_view, 18> symbols{
        "<=", ">=", "==", "!=", "<", ">", "+", "-", "*", "/", "^", "(", ")", "[", "]", ",", "%", "="};
    const std::string_view rest = text_.substr(at_);
    for (const auto& [wrong, right] : foreign) {
      if (rest.starts_with(wrong)) {
        return complain(at_, at_ + 2, "`" + std::string(wrong) + "` is not of this language",
                        "write `" + std::string(right) + "`");
      }
    }
    const auto found =
        std::ranges::find_if(symbols, [&](std::string_view known) { return rest.starts_with(known); });
    if (found == symbols.end()) {
      return complain(at_, at_ + 1, "this character is not of this language",
                      rest[0] == '!' ? "write `not`" : "");
    }
    if (*found == "=") {
      return complain(at_, at_ + 1, "`=` is not of this language", "write `==` to compare");
    }
    push(Lexeme::Kind::symbol, at_, at_ + found->size(), std::string(*found));
    at_ += found->size();
  }

  void push(Lexeme::Kind kind, std::size_t begin, std::size_t end, std::string text) {
    lexemes_.push_back({.kind = kind, .begin = begin, .end = end, .text = std::move(text)});
  }
  void push_number(std::size_t begin, double value, Dimension dimension) {
    lexemes_.push_back({.kind = Lexeme::Kind::number,
                        .begin = begin,
                        .end = at_,
                        .text = "",
                        .number = value,
                        .dimension = dimension});
  }

  void push_rate(std::size_t begin, double value, Dimension dimension) {
    push_number(begin, dimension == dollars_per_token ? as_prices_are_kept(value) : value, dimension);
  }

  std::string_view text_;
  Complaints& complaints_;
  std::vector<Lexeme> lexemes_;
  std::size_t at_ = 0;
};

}  // namespace

std::vector<Lexeme> lex(std::string_view text, Complaints& complaints) {
  if (text.size() > longest_expression) {
    complaints.push_back({.begin = 0,
                          .end = 1,
                          .message = "this expression is longer than 4096 characters",
                          .suggestion = "split it into several rules"});
    return {};
  }
  return Lexer(text, complaints).all();
}

}  // namespace routing
