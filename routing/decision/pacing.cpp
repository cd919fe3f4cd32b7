#include "routing/decision/pacing.hpp"

#include <algorithm>
#include <cmath>

namespace routing {
namespace {

// The plan begins with half an hour's money in hand, so that the first requests of a day are none too many.
constexpr double in_hand = 0.02;
// What the end of the plan keeps back: money that counts three times as much needs an overrun of about as
// much to count so, and the day then ends at its budget.
constexpr double kept_back = 0.03;
// Money counts ten times as much where the plan is overrun by this share of the day's budget. Less, and
// single dear requests would swing it; more, and the day would end further from its budget.
constexpr double widest = 0.06;

}  // namespace

double money_counts(double budget, double spent, double share_of_day) {
  if (!(budget > 0) || !(spent > 0)) return 1;
  const double share = std::clamp(share_of_day, 0.0, 1.0);
  const double planned = in_hand + (1 - in_hand - kept_back) * share;
  const double overrun = spent / budget - planned;
  if (!(overrun > 0)) return 1;
  return std::min(dearest_money, std::exp(std::log(dearest_money) * overrun / widest));
}

}  // namespace routing
