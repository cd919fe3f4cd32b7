#include "routing/replay/running_mean.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

namespace routing {
namespace {

constexpr double alpha = 0.05;
// Blocks at which the interval is as narrow as it can be; it holds at all others, too.
constexpr double best_at = 60;

// The mixture's parameter that is best at `best_at`: sqrt((-2 ln a + ln(-2 ln a) + 1) / t).
double rho_squared() {
  const double logarithm = -2 * std::log(alpha);
  return (logarithm + std::log(logarithm) + 1) / best_at;
}

}  // namespace

void RunningMean::end_block() {
  if (count_ == 0) return;
  const auto n = static_cast<double>(count_);
  s_ += sum_, n_ += n;
  ss_ += sum_ * sum_, sn_ += sum_ * n, nn_ += n * n;
  ++blocks_;
  sum_ = 0, count_ = 0;
}

Interval RunningMean::interval() const {
  constexpr double nothing = std::numeric_limits<double>::quiet_NaN();
  constexpr double infinity = std::numeric_limits<double>::infinity();
  if (blocks_ == 0) return {nothing, nothing, nothing};
  const double mean = s_ / n_;
  if (blocks_ < least_blocks) return {mean, -infinity, infinity};
  const auto t = static_cast<double>(blocks_);
  // Of the influence s - mean * n of a block; t - 1, because the mean is theirs.
  const double variance = std::max(0.0, ss_ - 2 * mean * sn_ + mean * mean * nn_) / (t - 1);
  const double spread = t * rho_squared() + 1;
  const double per_block =
      std::sqrt(variance * 2 * spread / (t * t * rho_squared()) * std::log(std::sqrt(spread) / alpha));
  // The variance of few blocks is hardly known: as much wider as an interval of Student's is than a normal
  // one.
  const double half = per_block * t / n_ * student(t - 1) / 1.959964;
  return {mean, mean - half, mean + half};
}

}  // namespace routing
