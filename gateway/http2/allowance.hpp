// How often something may happen: so many times at once, and so many more with each second that passes. A
// value.
#pragma once

#include <algorithm>

#include "config/values/units.hpp"

namespace gateway {

class Allowance {
 public:
  Allowance(double at_once, double a_second) : most_(at_once), a_second_(a_second), left_(at_once) {}

  // Takes one. False where none is left. `now` never goes back.
  bool take(config::TimePoint now) {
    const std::chrono::duration<double> passed = now - since_;
    since_ = now;
    left_ = std::min(most_, left_ + passed.count() * a_second_);
    if (left_ < 1) return false;
    left_ -= 1;
    return true;
  }
  // So many more, because of what was done in return.
  void earn(double more) { left_ = std::min(most_, left_ + more); }

 private:
  double most_;
  double a_second_;
  double left_;
  config::TimePoint since_{};
};

}  // namespace gateway
