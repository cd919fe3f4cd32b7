#include "routing/decision/cost.hpp"

#include <algorithm>
#include <cmath>
#include <optional>

namespace routing {
namespace {

// Times to first token have a heavy tail: their mean lies above the median by about this.
constexpr double tail = 1.15;

// What a second of each wait adds to `whole`, by asking for a second more.
Slopes slopes_at(const Expression& minimize, const View& view, double whole) {
  Prediction changed = *view.prediction;
  View asked = view;
  asked.prediction = &changed;
  Slopes slopes;
  changed.ttft += 1;
  slopes.ttft = minimize.number(asked) - whole;
  changed.ttft -= 1;
  changed.generation += 1;
  slopes.generation = minimize.number(asked) - whole;
  return slopes;
}

// The policy's own words decide g; what a second of each wait costs in it follows from them. They may count a
// dollar to one host for less than one to another, so they see the price as the day's money counts it. Words
// without the price have what it counts beyond itself added.
double from_minimize(const Expression& minimize, const View& view, double money, Cost& cost) {
  View seen = view;
  std::optional<Prediction> counted;
  if (money != 1 && minimize.reads(Fact::price)) {
    seen.prediction = &counted.emplace(*view.prediction);
    counted->price *= money;
  }
  const double whole = minimize.number(seen);
  const std::optional<Slopes> everywhere = minimize.slopes();
  const Slopes slopes = everywhere ? *everywhere : slopes_at(minimize, seen, whole);
  cost.ttft = slopes.ttft * view.prediction->ttft;
  cost.generation = slopes.generation * view.prediction->generation;
  cost.other = whole - seen.prediction->price - cost.ttft - cost.generation;
  return slopes.ttft;
}

}  // namespace

double weight_of_success(double failure) {
  return 1 + 0.6 * failure;
}

Cost cost(const Policy& policy, const View& view, double quality_penalty, double money, double silence) {
  const Prediction& prediction = *view.prediction;
  Cost result{.price = prediction.price};
  double value_of_ttft = policy.value_of_ttft;
  result.price *= money;
  if (policy.minimize) {
    value_of_ttft = from_minimize(policy.minimize->expression, view, money, result);
  } else {
    result.ttft = policy.value_of_ttft * tail * prediction.ttft;
    result.generation = policy.value_of_generation * prediction.generation;
  }
  const double without_quota = result.price + result.ttft + result.generation + result.other;
  if (!std::isnan(prediction.headroom)) {
    const double excess = std::max(0.0, (1 - prediction.headroom) - 0.9) / 0.1;
    result.quota = std::abs(without_quota) * excess * excess;
  }
  result.quality = quality_penalty;
  if (prediction.is_demoted) result.quality += (policy.demotion - 1) * std::abs(without_quota);
  const double g = without_quota + result.quota + result.quality;
  const double p = prediction.failure;
  result.failure = (weight_of_success(p) - 1) * std::abs(g) + p * value_of_ttft * prediction.failing +
                   value_of_ttft * silence;
  return result;
}

}  // namespace routing
