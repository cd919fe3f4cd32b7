// Dollars that exploration may still spend, so that what it costs is bounded by construction.
// Belongs to one data loop.
#pragma once

#include "routing/decision/decision.hpp"

namespace routing {

class Purse {
 public:
  Purse() = default;
  // As a record says it was.
  explicit Purse(double dollars) : dollars_(dollars) {}

  // Less than nothing: overdrawn.
  double dollars() const { return dollars_; }
  // Fills with `share` of what was expected to be spent, time included, holds at most 30 such fillings, and
  // pays; what was overdrawn is paid back by the next fillings.
  void settle(const Decision& decision, double share);

 private:
  double dollars_ = 0;
  double filling_ = 0;  // the usual one: an average that follows, because requests differ by orders
};

}  // namespace routing
