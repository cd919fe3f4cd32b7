#include "routing/replay/counterfactual.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

namespace routing {
namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();
constexpr std::size_t least_blocks = 5;
constexpr std::size_t least_in_a_block = 10;

// The requests that weights leave, (sum of weights)^2 over the sum of their squares.
double effective_count(std::span<const Sample> samples, const EstimateSettings& settings) {
  double sum = 0, squares = 0;
  for (const Sample& sample : samples) {
    const double weight = std::min(sample.weight, settings.heaviest);
    sum += weight;
    squares += weight * weight;
  }
  return squares > 0 ? sum * sum / squares : 0;
}

// The mean of numerators over that of denominators. Few `effective` requests make few blocks: with more of
// them most would hold nothing that counts, and the variance would seem to be known better than it is.
Interval ratio(std::span<const Part> parts, double effective, const EstimateSettings& settings) {
  constexpr double nothing = std::numeric_limits<double>::quiet_NaN();
  double sum = 0, of = 0;
  for (const Part& part : parts) sum += part.value, of += part.of;
  if (parts.empty() || !(of > 0)) return {nothing, nothing, nothing};
  const double mean = sum / of;
  const std::size_t blocks =
      std::min(settings.most_blocks, static_cast<std::size_t>(effective) / least_in_a_block);
  if (blocks < least_blocks) return {mean, -infinity, infinity};
  double squares = 0;
  for (std::size_t block = 0; block < blocks; ++block) {
    const std::size_t begin = block * parts.size() / blocks, end = (block + 1) * parts.size() / blocks;
    double influence = 0;
    for (const Part& part : parts.subspan(begin, end - begin)) influence += part.value - mean * part.of;
    squares += influence * influence;
  }
  const auto count = static_cast<double>(blocks);
  const double half = student(count - 1) * std::sqrt(squares * count / (count - 1)) / of;
  return {mean, mean - half, mean + half};
}

// The model's answers times a factor that makes it right on average about what was seen. The influence of
// that factor goes with each request, so that the interval knows of it.
struct Scaled {
  double factor = 1;
  double per_error = 0;

  Scaled(std::span<const Sample> samples, double Part::*side, EstimateSettings::Model taken) {
    if (taken == EstimateSettings::Model::as_it_is) return;
    double seen = 0, expected = 0, target = 0;
    for (const Sample& sample : samples) {
      seen += sample.seen.*side;
      expected += sample.expected.*side;
      target += sample.target.*side;
    }
    if (expected <= 0 || seen <= 0) return;
    factor = seen / expected;
    per_error = target / expected;
  }
  double model(const Sample& sample, double Part::*side) const {
    return factor * sample.target.*side + per_error * (sample.seen.*side - factor * sample.expected.*side);
  }
  double robust(const Sample& sample, double Part::*side, double weight) const {
    return factor * sample.target.*side + weight * (sample.seen.*side - factor * sample.expected.*side);
  }
};

}  // namespace

// Source: Abramowitz, Stegun 26.7.5.
double student(double freedom) {
  constexpr double z = 1.959964;
  const double z3 = z * z * z, z5 = z3 * z * z, z7 = z5 * z * z;
  return z + (z3 + z) / (4 * freedom) + (5 * z5 + 16 * z3 + 3 * z) / (96 * freedom * freedom) +
         (3 * z7 + 19 * z5 + 17 * z3 - 15 * z) / (384 * freedom * freedom * freedom);
}

Interval mean_of(std::span<const double> values, const EstimateSettings& settings) {
  std::vector<Part> parts;
  parts.reserve(values.size());
  for (const double value : values) parts.push_back({value, 1});
  return ratio(parts, static_cast<double>(parts.size()), settings);
}

Estimate estimate(std::span<const Sample> samples, const EstimateSettings& settings) {
  const Scaled value(samples, &Part::value, settings.taken), of(samples, &Part::of, settings.taken);
  std::vector<Part> parts(samples.size());
  const double all = static_cast<double>(samples.size()), effective = effective_count(samples, settings);
  const auto over = [&](double count, auto part_of) {
    std::ranges::transform(samples, parts.begin(), part_of);
    return ratio(parts, count, settings);
  };
  const auto weight_of = [&](const Sample& sample) { return std::min(sample.weight, settings.heaviest); };
  Estimate result;
  result.logged = over(all, [](const Sample& s) { return s.seen; });
  result.model = over(all, [&](const Sample& s) {
    return Part{value.model(s, &Part::value), of.model(s, &Part::of)};
  });
  result.weighted = over(effective, [&](const Sample& s) {
    return Part{weight_of(s) * s.seen.value, weight_of(s) * s.seen.of};
  });
  result.robust = over(effective, [&](const Sample& s) {
    return Part{value.robust(s, &Part::value, weight_of(s)), of.robust(s, &Part::of, weight_of(s))};
  });
  return result;
}

Support support(std::span<const Sample> samples, std::span<const double> covered,
                const EstimateSettings& settings) {
  if (samples.empty()) return {.covered = 0};
  double clipped = 0, whole = 0;
  for (const Sample& sample : samples) clipped += sample.weight > settings.heaviest ? 1 : 0;
  for (const double share : covered) whole += share;
  const auto count = static_cast<double>(samples.size());
  return {.effective = effective_count(samples, settings),
          .clipped = clipped / count,
          .covered = covered.empty() ? 1 : whole / static_cast<double>(covered.size())};
}

}  // namespace routing
