#include "routing/market/drift.hpp"

#include <algorithm>
#include <cmath>

namespace routing {

Drift Drift::unseen(const DriftSettings& settings, double peers_level) {
  return {.level = peers_level,
          .slope = settings.slope,
          .level_variance = settings.level_variance,
          .covariance = 0,
          .slope_variance = settings.slope_variance};
}

void Drift::pass(const DriftSettings& settings, double peers_level, config::Seconds elapsed) {
  if (elapsed.count() <= 0) return;
  const double keep = std::exp(-(elapsed / settings.level_reversion));
  const double keep_slope = std::exp(-(elapsed / settings.slope_reversion));
  level = peers_level + keep * (level - peers_level);
  slope = settings.slope + keep_slope * (slope - settings.slope);
  level_variance = settings.level_variance + keep * keep * (level_variance - settings.level_variance);
  slope_variance =
      settings.slope_variance + keep_slope * keep_slope * (slope_variance - settings.slope_variance);
  covariance *= keep * keep_slope;
}

void Drift::expect_anything_at_first(const DriftSettings& settings) {
  if (seen == Seen::nothing) level_variance = settings.between_hosts;
  seen = Seen::something;
}

double Drift::absorb(const DriftSettings& settings, double load, double sensitivity, double innovation,
                     double variance_of_innovation) {
  const double most = 2.5 * std::sqrt(variance_of_innovation);
  const double surprise = std::clamp(innovation, -most, most);
  // P·Hᵀ with H = sensitivity · [1, load].
  const double along_level = sensitivity * (level_variance + covariance * load);
  const double along_slope = sensitivity * (covariance + slope_variance * load);
  level += along_level / variance_of_innovation * surprise;
  slope += along_slope / variance_of_innovation * surprise;
  slope = std::clamp(slope, settings.slope_least, settings.slope_most);
  // A floor, because rounding must never make a variance negative.
  constexpr double least = 1e-6;
  level_variance = std::max(least, level_variance - along_level * along_level / variance_of_innovation);
  slope_variance = std::max(least, slope_variance - along_slope * along_slope / variance_of_innovation);
  covariance -= along_level * along_slope / variance_of_innovation;
  const double widest = std::sqrt(level_variance * slope_variance);
  covariance = std::clamp(covariance, -widest, widest);
  return surprise;
}

}  // namespace routing
