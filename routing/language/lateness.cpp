#include "routing/language/lateness.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>

namespace routing {
namespace {

constexpr double narrower = 0.7;
constexpr double stragglers = 0.06;
// Of how many times as late they are.
constexpr double straggler_log_median = 1.1;
constexpr double straggler_log_sd = 0.6;

double normal_tail(double z) {
  return 0.5 * std::erfc(z * 0.7071067811865476);
}

// That ln(time / median) is more than `late`.
double tail(double log_sd, double late) {
  const double usual = narrower * log_sd;
  return (1 - stragglers) * normal_tail(late / usual) +
         stragglers * normal_tail((late - straggler_log_median) / std::hypot(usual, straggler_log_sd));
}

// Of ln(time / median), by bisection.
double quantile(double log_sd, double share) {
  double low = -1, high = 4 + 4 * log_sd;
  for (int i = 0; i < 60; ++i) {
    const double middle = (low + high) / 2;
    (tail(log_sd, middle) > share ? low : high) = middle;
  }
  return (low + high) / 2;
}

constexpr std::array<double, 5> shares{0.5, 0.25, 0.1, 0.05, 0.01};
constexpr std::size_t steps = 401;
constexpr double step = 0.01;  // of log_sd

using Quantiles = std::array<std::array<double, steps>, shares.size()>;
const Quantiles& quantiles() {
  static const Quantiles found = [] {
    Quantiles result{};
    for (std::size_t s = 0; s < shares.size(); ++s) {
      for (std::size_t i = 0; i < steps; ++i) {
        result[s][i] = quantile(std::max(1e-4, step * static_cast<double>(i)), shares[s]);
      }
    }
    return result;
  }();
  return found;
}

}  // namespace

double probability_later(double median, double log_sd, double limit) {
  if (!(log_sd > 0)) return median > limit ? 1 : 0;
  return tail(log_sd, std::log(limit / median));
}

void know_times() {
  quantiles();
}

double time_of(Percentile percentile, double median, double log_sd) {
  if (!(log_sd > 0)) return std::isnan(log_sd) ? log_sd : median;
  const std::array<double, steps>& of_share = quantiles()[static_cast<std::size_t>(percentile)];
  const double place = std::clamp(log_sd / step, 0.0, static_cast<double>(steps - 1));
  const std::size_t below = std::min(static_cast<std::size_t>(place), steps - 2);
  const double part = place - static_cast<double>(below);
  return median * std::exp(of_share[below] + part * (of_share[below + 1] - of_share[below]));
}

}  // namespace routing
