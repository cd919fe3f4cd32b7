#include "routing/language/program.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "routing/language/fact_value.hpp"
#include "routing/language/lateness.hpp"
#include "routing/language/membership.hpp"

namespace routing {

namespace {

constexpr double largest = 1e300;

// Keeps numbers finite; NaN stays what it is: unknown.
double bounded(double value) {
  return value > largest ? largest : value < -largest ? -largest : value;
}

double quotient(double a, double b) {
  if (b != 0) return bounded(a / b);
  return a > 0 ? largest : a < 0 ? -largest : a;  // zero by zero is zero, unknown stays unknown
}

double raised(double base, double exponent) {
  if (exponent == -2) return quotient(1, base * base);
  if (exponent == -1) return quotient(1, base);
  if (base < 0 && exponent != std::floor(exponent)) return 0;  // no real number there
  return bounded(std::pow(base, exponent));
}

// Kleene's: a side that is enough decides; else the unknown that closes wins over the one that opens.
Truth conjunction(Truth a, Truth b) {
  return a == Truth::no || b == Truth::no ? Truth::no : std::max(a, b);
}
Truth disjunction(Truth a, Truth b) {
  return a == Truth::yes || b == Truth::yes ? Truth::yes : std::max(a, b);
}
Truth negation(Truth a) {
  return a == Truth::no ? Truth::yes : a == Truth::yes ? Truth::no : a;
}

// P(X > limit). First tokens have stragglers among them; else ln X is normal around ln(median).
double probability_above(Fact fact, double median, double log_sd, double limit) {
  if (std::isnan(median) || std::isnan(limit)) return unknown;
  if (limit <= 0) return 1;
  if (median <= 0) return 0;
  if (fact == Fact::ttft) return probability_later(median, log_sd, limit);
  if (!(log_sd > 0)) return median > limit ? 1 : 0;
  return 0.5 * std::erfc(std::log(limit / median) / (log_sd * std::sqrt(2.0)));
}

double log_sd_of(Fact fact, const View& view) {
  if (view.prediction == nullptr) return unknown;
  return fact == Fact::ttft ? view.prediction->ttft_log_sd : view.prediction->throughput_log_sd;
}

// What a client waits for its first token includes what it waited for those who failed.
double left_of(double limit, Fact fact, const View& view) {
  return fact == Fact::ttft ? limit - view.waited : limit;
}

Truth compared(const Instruction& step, double left, double right) {
  if (std::isnan(left) || std::isnan(right)) return step.if_unknown;
  switch (step.comparison) {
    case Form::less:
      return as_truth(left < right);
    case Form::less_equal:
      return as_truth(left <= right);
    case Form::greater:
      return as_truth(left > right);
    case Form::greater_equal:
      return as_truth(left >= right);
    case Form::equal:
      return as_truth(left == right);
    default:
      return as_truth(left != right);
  }
}

double loaded(const Program& program, Fact fact, const View& view) {
  const double value = number_of(fact, view);
  const bool is_cost = program.reading == Reading::cost || program.reading == Reading::weight;
  return is_cost && std::isnan(value) ? prior_of(fact, view) : value;
}

double selected(Reading reading, Truth question, double yes, double no) {
  if (question == Truth::yes) return yes;
  if (question == Truth::no) return no;
  if (reading == Reading::cost) return std::max(yes, no);
  if (reading == Reading::weight) return std::min(yes, no);
  return yes == no ? yes : unknown;
}

Truth selected(Truth question, Truth yes, Truth no) {
  if (question == Truth::yes || question == Truth::no) return question == Truth::yes ? yes : no;
  return yes == no ? yes : std::max(question, std::max(yes, no));
}

Truth same(Truth left, Truth right) {
  const Truth unknown_side = std::max(left, right);
  return unknown_side > Truth::yes ? unknown_side : as_truth(left == right);
}

Truth same(const Instruction& step, const TextValue& left, const TextValue& right) {
  return left.is_known() && right.is_known() ? as_truth(left.view() == right.view()) : step.if_unknown;
}

Truth is_among(const std::vector<std::string>& texts, const Instruction& step, const TextValue& text) {
  return text.is_known() ? as_truth(std::ranges::find(texts, text.view()) != texts.end()) : step.if_unknown;
}

// Left as they are born: generate() proved that nothing is read before it was written.
struct Stacks {
  double numbers[Program::stack_size];
  Truth truths[Program::stack_size];
  TextValue texts[4];
};

// Leaves the results at the bottom of the stacks. `n`, `t` and `s` are where the next number, truth and text
// will go: locals, because the compiler keeps those in registers.
void run(const Program& program, const View& view, std::size_t instructions, Stacks& stacks) {
  double* n = stacks.numbers;
  Truth* t = stacks.truths;
  TextValue* s = stacks.texts;
  const Instruction* const begin = program.code.data();
  const Instruction* const end = begin + instructions;
  for (const Instruction* step = begin; step < end; ++step) {
    switch (step->operation) {
      case Operation::constant:
        *n++ = step->number;
        break;
      case Operation::load:
        *n++ = loaded(program, step->fact, view);
        break;
      case Operation::negate:
        n[-1] = -n[-1];
        break;
      case Operation::add:
        --n, n[-1] = bounded(n[-1] + n[0]);
        break;
      case Operation::subtract:
        --n, n[-1] = bounded(n[-1] - n[0]);
        break;
      case Operation::multiply:
        --n, n[-1] = bounded(n[-1] * n[0]);
        break;
      case Operation::divide:
        --n, n[-1] = quotient(n[-1], n[0]);
        break;
      case Operation::power:
        n[-1] = raised(n[-1], step->number);
        break;
      // Unknown beside anything is unknown, which std::min does not promise.
      case Operation::minimum:
        --n, n[-1] = std::isnan(n[0]) || n[0] < n[-1] ? n[0] : n[-1];
        break;
      case Operation::maximum:
        --n, n[-1] = std::isnan(n[0]) || n[0] > n[-1] ? n[0] : n[-1];
        break;
      case Operation::select:
        --n, --t, n[-1] = selected(program.reading, *t, n[-1], n[0]);
        break;
      case Operation::probability_above:
        n[-1] = probability_above(step->fact, loaded(program, step->fact, view), log_sd_of(step->fact, view),
                                  left_of(n[-1], step->fact, view));
        break;
      case Operation::probability_below:
        n[-1] = 1 - probability_above(step->fact, loaded(program, step->fact, view),
                                      log_sd_of(step->fact, view), left_of(n[-1], step->fact, view));
        break;
      case Operation::compare:
        n -= 2, *t++ = compared(*step, n[0], n[1]);
        break;
      case Operation::truth_constant:
        *t++ = as_truth(step->number != 0);
        break;
      case Operation::truth_load:
        *t++ = truth_of(step->fact, view);
        break;
      case Operation::supports:
        *t++ = supports(step->target, view);
        break;
      case Operation::country_in:
        *t++ = country_in(program.sets[step->target], view);
        break;
      case Operation::quantization_in:
        *t++ = quantization_in(program.sets[step->target], view);
        break;
      case Operation::regions_in:
        *t++ = regions_in(program.sets[step->target], view);
        break;
      case Operation::tags_in:
        *t++ = tags_in(program.sets[step->target], view);
        break;
      case Operation::text_constant:
        *s++ = {program.texts[step->target].data(), program.texts[step->target].size()};
        break;
      case Operation::text_load:
        *s++ = text_of(step->fact, view);
        break;
      case Operation::text_header:
        *s++ = header_of(program.texts[step->target], view);
        break;
      case Operation::text_equal:
        s -= 2, *t++ = same(*step, s[0], s[1]);
        break;
      case Operation::text_in:
        --s, *t++ = is_among(program.sets[step->target].texts, *step, *s);
        break;
      case Operation::in_regions:
        --s, *t++ = in_regions(*s, view);
        break;
      case Operation::in_tags:
        --s, *t++ = in_tags(*s, view);
        break;
      case Operation::same_truth:
        --t, t[-1] = same(t[-1], t[0]);
        break;
      case Operation::negation:
        t[-1] = negation(t[-1]);
        break;
      case Operation::conjunction:
        --t, t[-1] = conjunction(t[-1], t[0]);
        break;
      case Operation::disjunction:
        --t, t[-1] = disjunction(t[-1], t[0]);
        break;
      case Operation::select_truth:
        t -= 2, t[-1] = selected(t[-1], t[0], t[1]);
        break;
      // To the operation that combines both sides, and past it: the first side is the result.
      case Operation::skip_if_no:
        if (t[-1] == Truth::no) step = begin + step->target;
        break;
      case Operation::skip_if_yes:
        if (t[-1] == Truth::yes) step = begin + step->target;
        break;
    }
  }
}

}  // namespace

double Program::number(const View& view) const {
  Stacks stacks;
  run(*this, view, code.size(), stacks);
  const double result = stacks.numbers[0];
  return std::isnan(result) ? 0 : result;
}

Truth Program::truth(const View& view) const {
  if (is_plain_limit) return compared(code[2], number_of(code[0].fact, view), code[1].number);
  Stacks stacks;
  run(*this, view, code.size(), stacks);
  return stacks.truths[0];
}

std::optional<Margin> Program::margin(const View& view) const {
  if (!is_limit) return std::nullopt;
  Stacks stacks;
  run(*this, view, code.size() - 1, stacks);
  const Margin result{.found = stacks.numbers[0], .limit = stacks.numbers[1], .dimension = dimension};
  if (std::isnan(result.found) || std::isnan(result.limit)) return std::nullopt;
  return result;
}

}  // namespace routing
