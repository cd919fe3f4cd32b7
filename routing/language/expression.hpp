// An expression of the policy language, compiled once and evaluated without allocation.
// Immutable; shared by all threads. Numbers are in dollars, seconds and tokens.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "routing/language/dimension.hpp"
#include "routing/language/fact.hpp"
#include "routing/terms/demand.hpp"
#include "routing/terms/prediction.hpp"

namespace routing {

// All that an expression can see. Everything pointed to must outlive the evaluation. What is null is unknown:
// a missing endpoint as undeclared, the rest as live without evidence.
struct View {
  const Endpoint* endpoint = nullptr;
  const Prediction* prediction = nullptr;
  const Measured* measured = nullptr;
  const Demand* demand = nullptr;
  double waited = 0;  // seconds, for earlier attempts of the same request: its first token has so much less
};

// Kleene's logic with two kinds of unknown; where both meet, the undeclared one wins, because it closes.
enum class Truth : std::uint8_t { no = 0, yes = 1, no_evidence = 2, undeclared = 3 };

// The two sides of a limit, for saying by how much it was missed.
struct Margin {
  double found = 0;
  double limit = 0;
  Dimension dimension{};
};

// What one second more of each wait adds to a cost, in dollars.
struct Slopes {
  double ttft = 0;
  double generation = 0;
};

class Program;

class Expression {
 public:
  // False, or zero, of nothing.
  Expression() = default;
  explicit Expression(std::shared_ptr<const Program> program) : program_(std::move(program)) {}

  // Never fails. A live value without evidence counts as what the prediction makes of it; a condition that is
  // unknown takes the dearer branch in a cost and the lesser one in a weight; dividing by zero gives 1e300
  // with the sign of the numerator, and zero by zero is zero. Results lie within +-1e300.
  double number(const View& view) const;
  // Of a cost: what a second of each wait adds to it, where that is the same for all.
  std::optional<Slopes> slopes() const;
  // Never fails. What is unknown satisfies neither `allow` nor a rule's `when`; without evidence it satisfies
  // `require` and `prefer`, undeclared it does not.
  bool truth(const View& view) const;
  // Before unknown values are decided.
  Truth outcome(const View& view) const;
  // Of an expression that is one comparison of numbers whose values are known; nothing for any other.
  std::optional<Margin> margin(const View& view) const;
  // Whether any of its names comes from there.
  bool reads(Source source) const;
  bool reads(Fact fact) const;
  // The request headers it reads, in lower case.
  std::vector<std::string> headers() const;

 private:
  std::shared_ptr<const Program> program_;
};

}  // namespace routing
