#include "routing/decision/patience.hpp"

#include <cmath>

namespace routing {

std::optional<config::Duration> longest_generation(const Prediction& prediction, const Endpoint& endpoint,
                                                   const Demand& demand) {
  std::optional<config::Tokens> most = demand.max_output;
  const std::optional<config::Tokens>& possible = endpoint.settings->max_output;
  if (possible && (!most || possible->count < most->count)) most = possible;
  if (!most) return std::nullopt;
  constexpr double slow = 2;  // standard deviations
  const double speed = 0.5 * prediction.throughput * std::exp(-slow * prediction.throughput_log_sd);
  const double seconds = static_cast<double>(most->count) / speed;
  constexpr double longest = 24 * 3600;
  if (!(seconds < longest)) return std::nullopt;
  return std::chrono::duration_cast<config::Duration>(config::Seconds(seconds));
}

}  // namespace routing
