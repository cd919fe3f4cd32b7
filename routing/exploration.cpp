#include "routing/exploration.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <span>

#include "routing/draws.hpp"

namespace routing {
namespace {

constexpr std::size_t points = 13;           // -3, -2.5, .. 3 standard deviations
constexpr std::size_t most_contenders = 12;  // bounds the work; the most promising ones count

struct Contender {
  std::uint32_t verdict = 0;
  double mean = 0;    // dollars
  double time = 0;    // dollars of it that grow with the uncertain times
  double log_sd = 0;  // of that part
  double hope = 0;    // dollars when it is much better than believed
  double propensity = 0;
  std::array<double, points> costs{};  // ascending, at each point of the posterior
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

void lay_out(Contender& c) {
  const double step = std::exp(0.5 * c.log_sd);
  double factor = std::exp(-3 * c.log_sd);
  for (double& cost : c.costs) {
    cost = c.mean + c.time * (factor - 1);
    factor *= step;
  }
}

// For each contender the probability that its draw is the least of all. Equal draws go to the earlier one.
void find_propensities(std::span<Contender> all) {
  for (std::size_t e = 0; e < all.size(); ++e) {
    std::array<double, points> survives = weights;
    for (std::size_t j = 0; j < all.size(); ++j) {
      if (j == e) continue;
      double above = 1;
      std::size_t next = 0;
      for (std::size_t k = 0; k < points; ++k) {
        while (next < points &&
               (all[j].costs[next] < all[e].costs[k] || (j < e && all[j].costs[next] == all[e].costs[k]))) {
          above -= weights[next++];
        }
        survives[k] *= std::max(0.0, above);
      }
    }
    all[e].propensity = 0;
    for (const double s : survives) all[e].propensity += s;
  }
}

std::size_t drawn_point(std::uint64_t seed, std::uint64_t place) {
  double left = drawn(seed, Purpose::explore, place);
  for (std::size_t k = 0; k + 1 < points; ++k) {
    if (left < weights[k]) return k;
    left -= weights[k];
  }
  return points - 1;
}

}  // namespace

std::uint32_t explore(const Policy& policy, double dollars, Decision& decision) {
  const std::uint32_t best = decision.order.front();
  const Verdict& leader = decision.verdicts[best];
  const double most = leader.cost.total() + (policy.explore > 0 ? dollars : 0);

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
  for (Contender& c : all) lay_out(c);
  find_propensities(all);

  const Contender* least = nullptr;
  double least_draw = 0;
  for (const Contender& c : all) {
    Verdict& verdict = decision.verdicts[c.verdict];
    verdict.propensity = c.propensity;
    verdict.sampled = c.costs[drawn_point(decision.seed, verdict.endpoint)];
    if (least && verdict.sampled >= least_draw) continue;
    least = &c;
    least_draw = verdict.sampled;
  }
  return least->verdict;
}

}  // namespace routing
