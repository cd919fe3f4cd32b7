#include "routing/market/drift.hpp"

#include <algorithm>
#include <cmath>

namespace routing {
namespace {

// Rounding must never make a variance negative.
constexpr double least_variance = 1e-6;

}  // namespace

Drift Drift::unseen(const DriftSettings& settings, double peers) {
  return {.level = peers,
          .slope = settings.slope,
          .level_variance = settings.level_variance,
          .covariance = 0,
          .slope_variance = settings.slope_variance,
          .usual = peers,
          .usual_variance = settings.usual_variance,
          .shared = std::min(settings.usual_variance, settings.level_variance)};
}

void Drift::pass(const DriftSettings& settings, double peers, config::Seconds elapsed) {
  if (elapsed.count() <= 0) return;
  const double keep = std::exp(-(elapsed / settings.level_reversion));
  const double keep_slope = std::exp(-(elapsed / settings.slope_reversion));
  const bool has_usual = settings.usual_variance > 0;
  const double keep_usual = has_usual ? std::exp(-(elapsed / settings.usual_reversion)) : 0;
  // The level is the usual one and how far it is off, which fades away.
  const double off_variance = level_variance - 2 * shared + usual_variance;
  const double usual_and_off = keep * keep_usual * (shared - usual_variance);
  usual = peers + keep_usual * (usual - peers);
  usual_variance =
      settings.usual_variance + keep_usual * keep_usual * (usual_variance - settings.usual_variance);
  level = usual + keep * (level - usual);
  level_variance = std::max(least_variance, usual_variance + 2 * usual_and_off + settings.level_variance +
                                                keep * keep * (off_variance - settings.level_variance));
  shared = usual_variance + usual_and_off;
  slope = settings.slope + keep_slope * (slope - settings.slope);
  slope_variance =
      settings.slope_variance + keep_slope * keep_slope * (slope_variance - settings.slope_variance);
  covariance *= keep * keep_slope;
}

void Drift::expect_anything_at_first(const DriftSettings& settings) {
  if (seen == Seen::nothing) {
    level_variance = std::max(settings.between_hosts, settings.usual_variance + settings.level_variance);
    shared = usual_variance = settings.usual_variance;
  }
  seen = Seen::something;
}

double Drift::absorb(const DriftSettings& settings, double load, double sensitivity, double innovation,
                     double variance_of_innovation) {
  const double most = 2.5 * std::sqrt(variance_of_innovation);
  const double surprise = std::clamp(innovation, -most, most);
  // What is beyond moves no more, and says no more: it counts as if its noise were so much larger that it
  // moved only that much. Had it made all as sure as what was expected does, a host thirty times slower than
  // its peers would be taken, after two measurements, for one that suffers under load, where that grows
  // meanwhile.
  const double judged_variance = variance_of_innovation * std::max(1.0, std::abs(innovation) / most);
  // P·Hᵀ with H = sensitivity · [1, load].
  const double along_level = sensitivity * (level_variance + covariance * load);
  const double along_slope = sensitivity * (covariance + slope_variance * load);
  const double along_usual = sensitivity * shared;
  level += along_level / variance_of_innovation * surprise;
  slope += along_slope / variance_of_innovation * surprise;
  slope = std::clamp(slope, settings.slope_least, settings.slope_most);
  level_variance = std::max(least_variance, level_variance - along_level * along_level / judged_variance);
  slope_variance = std::max(least_variance, slope_variance - along_slope * along_slope / judged_variance);
  usual += along_usual / variance_of_innovation * surprise;
  usual_variance = std::max(0.0, usual_variance - along_usual * along_usual / judged_variance);
  shared -= along_level * along_usual / judged_variance;
  const double most_shared = std::sqrt(level_variance * usual_variance);
  shared = std::clamp(shared, -most_shared, most_shared);
  covariance -= along_level * along_slope / judged_variance;
  const double widest = std::sqrt(level_variance * slope_variance);
  covariance = std::clamp(covariance, -widest, widest);
  return surprise;
}

}  // namespace routing
