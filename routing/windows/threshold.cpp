#include "routing/windows/threshold.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

namespace routing {
namespace {

// Refusals come for other reasons, too, and a host that is full lets one in that comes as another leaves.
constexpr float refused_anyway = 0.02f;
constexpr float let_in_when_full = 0.1f;
constexpr float forgotten_per_attempt = 0.01f;

// One by each of the steps.
constexpr std::array<float, Threshold::count> parts = [] {
  std::array<float, Threshold::count> result{};
  for (std::size_t i = 0; i < Threshold::count; ++i) result[i] = 1 / Threshold::steps[i];
  return result;
}();

// How full a host that has room for `step` is with `k` others: the grid is coarse, so the edge is soft.
constexpr float edge = 0.8f;  // of the step, where it begins
float fullness(float k, std::size_t i) {
  return std::clamp(0.5f + (k + 0.5f - Threshold::steps[i]) * parts[i] / (2 * (1 - edge)), 0.0f, 1.0f);
}

}  // namespace

void Threshold::judge(std::span<const float, count> likelihoods, const Threshold& prior, float forgotten) {
  if (weights[never] >= 1) return;
  std::array<float, count> judged{};
  float sum = 0;
  for (std::size_t i = 0; i < count; ++i) sum += judged[i] = weights[i] * likelihoods[i];
  if (!(sum > 1e-30f) || !std::isfinite(sum)) return;
  for (std::size_t i = 0; i < count; ++i) weights[i] = judged[i] / sum;
  forget(prior, forgotten);
}

void Threshold::forget(const Threshold& prior, float share) {
  for (std::size_t i = 0; i < count; ++i) weights[i] += share * (prior.weights[i] - weights[i]);
}

double Threshold::median() const {
  // Of most hosts nothing else is known, and each decision asks for each of them.
  if (weights[never] > 0.5f) return std::numeric_limits<double>::infinity();
  float left = 0.5f;
  for (std::size_t i = 0; i < never; ++i) {
    left -= weights[i];
    if (left < 0) return steps[i];
  }
  return std::numeric_limits<double>::infinity();
}

Crowd crowd(const Threshold& slots, double k) {
  if (!(k > 0)) return {};
  const auto others = static_cast<float>(k);
  float running = 0, turns = 0, squares = 0, within = 0, below = 0;
  for (std::size_t i = 0; i < Threshold::count && Threshold::steps[i] <= others; ++i) {
    const float weight = slots.weights[i], step = Threshold::steps[i];
    const float wait = (others - step + 1) * parts[i];
    below += weight;
    running += weight * (step - 1);
    turns += weight * wait;
    squares += weight * wait * wait;
    // So many departures of requests that end at random: Erlang's distribution.
    within += weight * wait * parts[i];
  }
  running += std::max(0.0f, 1 - below) * others;
  return {running, turns, std::max(0.0f, squares - turns * turns), within};
}

double full(const Threshold& room, double k) {
  const auto others = static_cast<float>(k);
  float sum = 0;
  for (std::size_t i = 0; i < Threshold::never && edge * Threshold::steps[i] < others + 0.5f; ++i) {
    sum += room.weights[i] * fullness(others, i);
  }
  return (1 - let_in_when_full) * sum;
}

void let_in(Threshold& room, double k) {
  std::array<float, Threshold::count> likelihoods{};
  for (std::size_t i = 0; i < Threshold::count; ++i) {
    const float is_full = fullness(static_cast<float>(k), i);
    likelihoods[i] = is_full * let_in_when_full + (1 - is_full) * (1 - refused_anyway);
  }
  room.judge(likelihoods, unseen_room, forgotten_per_attempt);
}

double refused(Threshold& room, double k) {
  std::array<float, Threshold::count> likelihoods{};
  const double by_load = full(room, k);
  for (std::size_t i = 0; i < Threshold::count; ++i) {
    const float is_full = fullness(static_cast<float>(k), i);
    likelihoods[i] = is_full * (1 - let_in_when_full) + (1 - is_full) * refused_anyway;
  }
  room.judge(likelihoods, unseen_room, forgotten_per_attempt);
  return by_load / (by_load + (1 - by_load) * refused_anyway);
}

}  // namespace routing
