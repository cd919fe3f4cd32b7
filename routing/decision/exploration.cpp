#include "routing/decision/exploration.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <numeric>
#include <span>

#include "routing/terms/draws.hpp"

namespace routing {
namespace {

constexpr std::size_t points = 13;           // -3, -2.5, .. 3 standard deviations
constexpr std::size_t most_contenders = 12;  // bounds the work; the most promising ones count
// One exploration may overdraw a purse with so many fillings in it, by so many times what the best candidate
// costs. Without that a host whose peers are slow looks dearer than any purse can hold, and is never asked.
constexpr double fillings_for_credit = 5;
constexpr double credit = 1;

struct Contender {
  std::uint32_t verdict = 0;
  double mean = 0;    // dollars
  double time = 0;    // dollars of it that grow with the uncertain times
  double log_sd = 0;  // of that part
  double hope = 0;    // dollars when it is much better than believed
};

// The draws that one contender may make, by the points of its posterior.
struct Outlook {
  std::array<double, points> costs;     // ascending
  std::array<double, points> survives;  // the weight of the point, times that no other draw is less
  std::size_t live;                     // the leading points; behind them somebody else surely costs less
};

// Normal weights of the points.
const std::array<double, points> weights = [] {
  std::array<double, points> result{};
  double sum = 0;
  for (std::size_t k = 0; k < points; ++k) {
    const double z = -3 + 0.5 * static_cast<double>(k);
    sum += result[k] = std::exp(-z * z / 2);
  }
  for (double& weight : result) weight /= sum;
  return result;
}();

// How likely a draw lies beyond the first n points.
const std::array<double, points + 1> tails = [] {
  std::array<double, points + 1> result{1};
  for (std::size_t n = 0; n < points; ++n) result[n + 1] = std::max(0.0, result[n] - weights[n]);
  result[points] = 0;  // but for rounding
  return result;
}();

Contender contender(std::uint32_t index, const Verdict& verdict) {
  const Prediction& p = verdict.prediction;
  const Cost& cost = verdict.cost;
  const double until_delta = p.ttft > 0 ? cost.ttft * p.first_delta / p.ttft : 0;
  const double time = std::max(0.0, cost.ttft + cost.generation);
  Contender result{.verdict = index, .mean = cost.total()};
  if (time > 0) {
    const double share = std::clamp(until_delta / time, 0.0, 1.0);
    result.log_sd = std::hypot(share * p.ttft_level_sd, (1 - share) * p.throughput_level_sd);
  }
  result.time = time * weight_of_success(p.failure);
  result.hope = result.mean + result.time * (std::exp(-2 * result.log_sd) - 1);
  return result;
}

void lay_out(const Contender& c, Outlook& outlook) {
  const double step = std::exp(0.5 * c.log_sd);
  double factor = std::exp(-3 * c.log_sd);
  for (double& cost : outlook.costs) {
    cost = c.mean + c.time * (factor - 1);
    factor *= step;
  }
  outlook.survives = weights;
}

// Each point of one survives those of the other that lie below it. Equal draws go to `a`, the earlier one.
void meet(Outlook& a, Outlook& b) {
  // Plain pointers: the most walked loop of a decision should not check its bounds twice.
  const double *const a_costs = a.costs.data(), *const b_costs = b.costs.data(), *const tail = tails.data();
  double *const a_survives = a.survives.data(), *const b_survives = b.survives.data();
  std::size_t i = 0;
  for (std::size_t j = 0; j < b.live; ++j) {
    for (; i < a.live && a_costs[i] <= b_costs[j]; ++i) a_survives[i] *= tail[j];
    b_survives[j] *= tail[i];
  }
  for (; i < a.live; ++i) a_survives[i] *= tail[b.live];
}

void find_survivors(std::span<Outlook> all) {
  // A draw above somebody's dearest one is never the least.
  double most = all[0].costs.back();
  for (const Outlook& each : all) most = std::min(most, each.costs.back());
  for (Outlook& each : all) {
    each.live = static_cast<std::size_t>(std::ranges::upper_bound(each.costs, most) - each.costs.begin());
  }
  for (std::size_t i = 0; i < all.size(); ++i) {
    for (std::size_t j = i + 1; j < all.size(); ++j) meet(all[i], all[j]);
  }
}

// The probability that its draw is the least of all.
double propensity(const Outlook& outlook) {
  return std::accumulate(outlook.survives.begin(),
                         outlook.survives.begin() + static_cast<std::ptrdiff_t>(outlook.live), 0.0);
}

std::size_t drawn_point(std::uint64_t seed, std::uint64_t place) {
  double left = drawn(seed, Purpose::explore, place);
  for (std::size_t k = 0; k + 1 < points; ++k) {
    if (left < weights[k]) return k;
    left -= weights[k];
  }
  return points - 1;
}

// Dollars beyond the best candidate's.
double affordable(const Policy& policy, double purse, double best) {
  if (policy.explore <= 0) return 0;
  const bool has_credit = purse >= fillings_for_credit * policy.explore * best;
  return std::max(0.0, purse) + (has_credit ? credit * std::max(0.0, best) : 0);
}

}  // namespace

std::uint32_t explore(const Policy& policy, double dollars, Decision& decision) {
  const std::uint32_t best = decision.order.front();
  const Verdict& leader = decision.verdicts[best];
  const double most = leader.cost.total() + affordable(policy, dollars, leader.cost.total());

  std::array<Contender, most_contenders> room;
  std::size_t count = 0;
  for (const std::uint32_t index : decision.order) {
    const Verdict& verdict = decision.verdicts[index];
    if (verdict.tier != leader.tier || verdict.cost.total() > most) break;  // ordered by both
    const Contender found = contender(index, verdict);
    if (count < most_contenders) {
      room[count++] = found;
      continue;
    }
    const auto worst = std::ranges::max_element(room.begin() + 1, room.end(), {}, &Contender::hope);
    if (found.hope < worst->hope) *worst = found;
  }
  const std::span<Contender> all(room.data(), count);
  if (count == 1) {
    decision.verdicts[best].propensity = 1;
    return best;
  }
  std::array<Outlook, most_contenders> outlooks;
  for (std::size_t i = 0; i < count; ++i) lay_out(all[i], outlooks[i]);
  find_survivors({outlooks.data(), count});

  std::uint32_t least = best;
  double least_draw = std::numeric_limits<double>::infinity();
  for (std::size_t i = 0; i < count; ++i) {
    Verdict& verdict = decision.verdicts[all[i].verdict];
    verdict.propensity = propensity(outlooks[i]);
    verdict.sampled = outlooks[i].costs[drawn_point(decision.seed, verdict.endpoint)];
    if (verdict.sampled >= least_draw) continue;
    least = all[i].verdict;
    least_draw = verdict.sampled;
  }
  return least;
}

}  // namespace routing
