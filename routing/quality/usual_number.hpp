// What a number usually is, as mean and spread of its logarithm, and whether another one is far out. A few
// always are; how many, and when they become more, is a test's to say. A value.
#pragma once

#include <algorithm>
#include <cmath>

#include "routing/terms/outcome.hpp"

namespace routing {

class UsualNumber {
 public:
  struct Sums {
    double mean = 0, variance = 0, count = 0;
  };
  static constexpr double least = 100;  // numbers before any is far out
  static constexpr double most = 2000;  // that what is usual is made of
  // Standard deviations: of one that may be out on both sides, or on one alone.
  static constexpr double far = 2, far_on_a_side = 1.28;
  static constexpr double finest = 0.01;  // of a logarithm: what differs less is the same

  Checked judged(double logarithm) const { return judged(std::abs(off(logarithm)), far); }
  Checked judged_above(double logarithm) const { return judged(off(logarithm), far_on_a_side); }
  Checked judged_below(double logarithm) const { return judged(-off(logarithm), far_on_a_side); }
  void learn(double logarithm) {
    sums_.count = std::min(sums_.count + 1, most);
    const double before = logarithm - sums_.mean;
    sums_.mean += before / sums_.count;
    sums_.variance += (before * (logarithm - sums_.mean) - sums_.variance) / sums_.count;
  }

  const Sums& sums() const { return sums_; }
  void recall(const Sums& sums) { sums_ = sums; }

 private:
  // In standard deviations.
  double off(double logarithm) const {
    return (logarithm - sums_.mean) / std::max(finest, std::sqrt(sums_.variance));
  }
  Checked judged(double deviation, double allowed) const {
    if (sums_.count < least) return Checked::no;
    return deviation > allowed ? Checked::failed : Checked::passed;
  }

  Sums sums_;
};

}  // namespace routing
