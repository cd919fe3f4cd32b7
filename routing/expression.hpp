// An expression of the policy language, compiled once and evaluated without allocation.
// Immutable; shared by all threads.
#pragma once

#include "routing/demand.hpp"
#include "routing/prediction.hpp"

namespace routing {

// All that an expression can see. Everything pointed to must outlive the evaluation.
struct View {
  const Endpoint* endpoint = nullptr;
  const Prediction* prediction = nullptr;
  const Measured* measured = nullptr;
  const Demand* demand = nullptr;
};

class Expression {
 public:
  // Never fails: what could (division by zero, unknown values) has the result that the language defines.
  double number(const View& view) const;
  bool truth(const View& view) const;
};

}  // namespace routing
