// Durations that were measured, and what is said about them.
#pragma once

#include <cstddef>
#include <vector>

#include "bench/loop.hpp"

namespace bench {

class Samples {
 public:
  void add(Nanoseconds value) {
    values_.push_back(value);
    sorted_ = false;
  }
  std::size_t count() const { return values_.size(); }
  const std::vector<Nanoseconds>& values() const { return values_; }

  // The smallest value that at least `share` of all are not above. Microseconds; 0 when there is none.
  double quantile(double share);

 private:
  std::vector<Nanoseconds> values_;
  bool sorted_ = true;
};

double median(std::vector<double> values);

}  // namespace bench
