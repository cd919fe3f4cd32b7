#include "routing/policy/policy_parts.hpp"

#include <algorithm>
#include <string>
#include <string_view>
#include <utility>

#include "routing/language/complaint.hpp"

namespace routing {

namespace {

// FNV-1a, 64 bits (Fowler, Noll, Vo).
class Hash {
 public:
  void add(std::string_view text) {
    for (const char c : text) step(static_cast<unsigned char>(c));
    step(0);
  }
  template <class T>
  void add_number(std::string_view what, const std::optional<T>& value) {
    if (value) add(std::string(what) + std::to_string(*value));
  }
  std::uint64_t value() const { return value_; }

 private:
  void step(unsigned char byte) { value_ = (value_ ^ byte) * 1099511628211ull; }
  std::uint64_t value_ = 14695981039346656037ull;
};

void append(Pieces& pieces, const Pieces& more) {
  pieces.insert(pieces.end(), more.begin(), more.end());
}

long errors(const config::Problems& problems) {
  return std::ranges::count(problems, config::Severity::error, &config::Problem::severity);
}

// The texts of one policy on their way to pieces.
class Texts {
 public:
  Texts(std::string path, const Vocabulary& vocabulary, config::Problems& problems)
      : path_(std::move(path)), vocabulary_(vocabulary), problems_(problems) {}

  Pieces text(const config::SourceText& text, const std::string& name, Use use) {
    return compile_text(text, path_ + "." + name, use, vocabulary_, problems_);
  }
  Pieces list(const std::vector<config::SourceText>& texts, const std::string& name, Use use) {
    Pieces pieces;
    for (std::size_t i = 0; i < texts.size(); ++i) {
      append(pieces, text(texts[i], name + "[" + std::to_string(i) + "]", use));
    }
    return pieces;
  }
  std::optional<Piece> single(const std::optional<config::SourceText>& text, const std::string& name,
                              Use use) {
    if (!text) return std::nullopt;
    Pieces pieces = this->text(*text, name, use);
    if (pieces.empty()) return std::nullopt;
    return std::move(pieces.front());
  }

 private:
  std::string path_;
  const Vocabulary& vocabulary_;
  config::Problems& problems_;
};

}  // namespace

Parts own_parts(const config::PolicySettings& policy, const Vocabulary& vocabulary,
                config::Problems& problems) {
  const std::string path = "policies." + policy.name.text;
  const long errors_before = errors(problems);
  Texts texts(path, vocabulary, problems);
  Parts parts;
  if (policy.allow) parts.allow = texts.text(*policy.allow, "allow", Use::allow);
  parts.require = texts.list(policy.require, "require", Use::require);
  parts.prefer = texts.list(policy.prefer, "prefer", Use::prefer);
  parts.relax = texts.list(policy.relax, "relax", Use::relax);
  parts.minimize = texts.single(policy.minimize, "minimize", Use::minimize);
  parts.value_of_time = texts.single(policy.value_of_time, "value_of_time", Use::rate);
  parts.choose = texts.single(policy.choose, "choose", Use::weight);
  parts.budget = texts.single(policy.budget, "budget", Use::budget);
  parts.attempts = policy.attempts;
  parts.deadline = policy.deadline;
  parts.hedge_budget = policy.hedge_budget;
  parts.explore = policy.explore;
  parts.demotion = policy.demotion;
  parts.continue_hops = policy.continue_hops;
  if (policy.minimize && policy.value_of_time) {
    complain(problems, policy.value_of_time->place, path + ".value_of_time",
             "`value_of_time` and `minimize` both say what is best", "keep one of them");
  }
  parts.is_complete = errors(problems) == errors_before;
  const double value = parts.value_of_time ? parts.value_of_time->rule.expression.number(View{}) : 0;
  if (value < 0) {
    complain(problems, policy.value_of_time->place, path + ".value_of_time",
             "waiting cannot be worth less than nothing, and this is " +
                 to_text(value, dimensions::dollars_per_second),
             "");
  }
  if (parts.budget && !(parts.budget->rule.expression.number(View{}) > 0)) {
    complain(problems, policy.budget->place, path + ".budget", "a budget is more than nothing",
             "what must not cost anything is a matter of `require: price == $0`");
  }
  return parts;
}

Parts inherited(Parts parent, const Parts& own) {
  append(parent.allow, own.allow);
  append(parent.require, own.require);
  append(parent.prefer, own.prefer);
  append(parent.relax, own.relax);
  parent.is_complete = parent.is_complete && own.is_complete;
  if (own.minimize || own.value_of_time || own.choose) {
    parent.minimize = own.minimize;
    parent.value_of_time = own.value_of_time;
    parent.choose = own.choose;
  }
  if (own.budget) parent.budget = own.budget;
  if (own.attempts) parent.attempts = own.attempts;
  if (own.deadline) parent.deadline = own.deadline;
  if (own.hedge_budget) parent.hedge_budget = own.hedge_budget;
  if (own.explore) parent.explore = own.explore;
  if (own.demotion) parent.demotion = own.demotion;
  if (own.continue_hops) parent.continue_hops = own.continue_hops;
  return parent;
}

std::uint64_t hash_of(const Parts& parts) {
  Hash hash;
  const auto list = [&](std::string_view name, const Pieces& pieces) {
    hash.add(name);
    for (const Piece& piece : pieces) hash.add(piece.written);
  };
  const auto single = [&](std::string_view name, const std::optional<Piece>& piece) {
    hash.add(name);
    if (piece) hash.add(piece->written);
  };
  list("allow", parts.allow);
  list("require", parts.require);
  list("prefer", parts.prefer);
  list("relax", parts.relax);
  single("minimize", parts.minimize);
  single("value_of_time", parts.value_of_time);
  single("choose", parts.choose);
  if (parts.budget) hash.add("budget" + parts.budget->written);
  hash.add_number("attempts", parts.attempts);
  hash.add_number("hedge", parts.hedge_budget);
  hash.add_number("explore", parts.explore);
  hash.add_number("demotion", parts.demotion);
  hash.add_number("continue", parts.continue_hops);
  if (parts.deadline) hash.add("deadline" + std::to_string(parts.deadline->count()));
  return hash.value();
}

}  // namespace routing
