#include "routing/program.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

#include "routing/fact_value.hpp"
#include "routing/membership.hpp"

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

// P(X > limit) where ln X is normal around ln(median).
double probability_above(double median, double log_sd, double limit) {
  if (std::isnan(median) || std::isnan(limit)) return unknown;
  if (limit <= 0) return 1;
  if (median <= 0) return 0;
  if (!(log_sd > 0)) return median > limit ? 1 : 0;
  return 0.5 * std::erfc(std::log(limit / median) / (log_sd * std::sqrt(2.0)));
}

double log_sd_of(Fact fact, const View& view) {
  if (view.prediction == nullptr) return unknown;
  return fact == Fact::ttft ? view.prediction->ttft_log_sd : view.prediction->throughput_log_sd;
}

Truth compared(const Instruction& step, double left, double right) {
  if (std::isnan(left) || std::isnan(right)) return step.if_unknown;
  switch (step.operation) {
    case Operation::less:
      return as_truth(left < right);
    case Operation::less_equal:
      return as_truth(left <= right);
    case Operation::greater:
      return as_truth(left > right);
    case Operation::greater_equal:
      return as_truth(left >= right);
    case Operation::equal:
      return as_truth(left == right);
    default:
      return as_truth(left != right);
  }
}

// The stacks are left as they are born: generate() proved that nothing is read before it was written.
class Machine {
 public:
  Machine(const Program& program, const View& view) : program_(program), view_(view) {}

  void run(std::size_t instructions) {
    for (std::size_t at = 0; at < instructions; ++at) {
      const Instruction& step = program_.code[at];
      if (step.operation == Operation::skip_if_no || step.operation == Operation::skip_if_yes) {
        const Truth enough = step.operation == Operation::skip_if_no ? Truth::no : Truth::yes;
        if (truths_[truth_count_ - 1] == enough) at = step.target;
      } else if (step.operation <= Operation::probability_below) {
        arithmetic(step);
      } else if (step.operation <= Operation::not_equal) {
        comparison(step);
      } else if (step.operation <= Operation::text_header) {
        leaf(step);
      } else {
        logic(step);
      }
    }
  }

  double number(std::size_t which) const { return numbers_[which]; }
  Truth truth() const { return truths_[0]; }

 private:
  void push(double value) { numbers_[number_count_++] = value; }
  void push(Truth value) { truths_[truth_count_++] = value; }
  void push(TextValue value) { texts_[text_count_++] = value; }
  double pop() { return numbers_[--number_count_]; }
  Truth pop_truth() { return truths_[--truth_count_]; }
  TextValue pop_text() { return texts_[--text_count_]; }
  double& top() { return numbers_[number_count_ - 1]; }

  double loaded(Fact fact) const {
    const double value = number_of(fact, view_);
    const bool is_cost = program_.reading == Reading::cost || program_.reading == Reading::weight;
    return is_cost && std::isnan(value) ? prior_of(fact, view_) : value;
  }

  void arithmetic(const Instruction& step) {
    switch (step.operation) {
      case Operation::constant:
        return push(step.number);
      case Operation::load:
        return push(loaded(step.fact));
      case Operation::negate:
        top() = -top();
        return;
      case Operation::power:
        top() = raised(top(), step.number);
        return;
      case Operation::select:
        return select();
      case Operation::probability_above:
        top() = probability_above(loaded(step.fact), log_sd_of(step.fact, view_), top());
        return;
      case Operation::probability_below:
        top() = 1 - probability_above(loaded(step.fact), log_sd_of(step.fact, view_), top());
        return;
      default:
        break;
    }
    const double right = pop();
    double& left = top();
    switch (step.operation) {
      case Operation::add:
        left = bounded(left + right);
        return;
      case Operation::subtract:
        left = bounded(left - right);
        return;
      case Operation::multiply:
        left = bounded(left * right);
        return;
      case Operation::divide:
        left = quotient(left, right);
        return;
      // Unknown beside anything is unknown, which std::min does not promise.
      case Operation::minimum:
        left = std::isnan(right) || right < left ? right : left;
        return;
      case Operation::maximum:
        left = std::isnan(right) || right > left ? right : left;
        return;
      default:
        return;
    }
  }

  void select() {
    const double no = pop(), yes = pop();
    const Truth question = pop_truth();
    if (question == Truth::yes) return push(yes);
    if (question == Truth::no) return push(no);
    if (program_.reading == Reading::cost) return push(std::max(yes, no));
    if (program_.reading == Reading::weight) return push(std::min(yes, no));
    push(yes == no ? yes : unknown);
  }

  void comparison(const Instruction& step) {
    const double right = pop(), left = pop();
    push(compared(step, left, right));
  }

  void leaf(const Instruction& step) {
    switch (step.operation) {
      case Operation::truth_constant:
        return push(as_truth(step.number != 0));
      case Operation::truth_load:
        return push(truth_of(step.fact, view_));
      case Operation::supports:
        return push(supports(step.target, view_));
      case Operation::country_in:
        return push(country_in(program_.sets[step.target], view_));
      case Operation::quantization_in:
        return push(quantization_in(program_.sets[step.target], view_));
      case Operation::regions_in:
        return push(regions_in(program_.sets[step.target], view_));
      case Operation::tags_in:
        return push(tags_in(program_.sets[step.target], view_));
      case Operation::text_constant: {
        const std::string& text = program_.texts[step.target];
        return push(TextValue{text.data(), text.size()});
      }
      case Operation::text_load:
        return push(text_of(step.fact, view_));
      default:
        return push(header_of(program_.texts[step.target], view_));
    }
  }

  void logic(const Instruction& step) {
    switch (step.operation) {
      case Operation::text_equal:
        return text_equal(step);
      case Operation::text_in:
        return text_in(step);
      case Operation::in_regions:
        return push(in_regions(pop_text(), view_));
      case Operation::in_tags:
        return push(in_tags(pop_text(), view_));
      case Operation::negation:
        return push(negation(pop_truth()));
      default:
        break;
    }
    const Truth right = pop_truth(), left = pop_truth();
    switch (step.operation) {
      case Operation::conjunction:
        return push(conjunction(left, right));
      case Operation::disjunction:
        return push(disjunction(left, right));
      case Operation::same_truth: {
        const Truth unknown_side = std::max(left, right);
        return push(unknown_side > Truth::yes ? unknown_side : as_truth(left == right));
      }
      default: {  // select_truth: left and right are the branches
        const Truth question = pop_truth();
        if (question == Truth::yes || question == Truth::no)
          return push(question == Truth::yes ? left : right);
        return push(left == right ? left : std::max(question, std::max(left, right)));
      }
    }
  }

  void text_equal(const Instruction& step) {
    const TextValue right = pop_text(), left = pop_text();
    if (!left.is_known() || !right.is_known()) return push(step.if_unknown);
    push(as_truth(left.view() == right.view()));
  }

  void text_in(const Instruction& step) {
    const TextValue text = pop_text();
    if (!text.is_known()) return push(step.if_unknown);
    const std::vector<std::string>& texts = program_.sets[step.target].texts;
    push(as_truth(std::ranges::find(texts, text.view()) != texts.end()));
  }

  const Program& program_;
  const View& view_;
  std::size_t number_count_ = 0, truth_count_ = 0, text_count_ = 0;
  double numbers_[Program::stack_size];
  Truth truths_[Program::stack_size];
  TextValue texts_[4];
};

}  // namespace

double Program::number(const View& view) const {
  Machine machine(*this, view);
  machine.run(code.size());
  const double result = machine.number(0);
  return std::isnan(result) ? 0 : result;
}

Truth Program::truth(const View& view) const {
  // A name beside a number is what most rules are; it needs no machine.
  const bool is_short = is_limit && code.size() == 3 && code[0].operation == Operation::load &&
                        code[1].operation == Operation::constant;
  if (is_short) return compared(code[2], number_of(code[0].fact, view), code[1].number);
  Machine machine(*this, view);
  machine.run(code.size());
  return machine.truth();
}

std::optional<Margin> Program::margin(const View& view) const {
  if (!is_limit) return std::nullopt;
  Machine machine(*this, view);
  machine.run(code.size() - 1);
  const Margin result{.found = machine.number(0), .limit = machine.number(1), .dimension = dimension};
  if (std::isnan(result.found) || std::isnan(result.limit)) return std::nullopt;
  return result;
}

}  // namespace routing
