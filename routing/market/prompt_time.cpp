#include "routing/market/prompt_time.hpp"

#include <algorithm>
#include <cmath>

namespace routing {

double PromptTime::log_variance(double kilotokens) const {
  const double predicted = seconds(kilotokens);
  const double variance =
      base_variance + 2 * covariance * kilotokens + per_kilotoken_variance * kilotokens * kilotokens;
  return std::clamp(variance / (predicted * predicted), 0.0, 1.0);
}

void PromptTime::absorb(double kilotokens, double measured) {
  constexpr double forgetting = 0.995;
  constexpr double relative_noise = 0.35 * 0.35;
  const double predicted = seconds(kilotokens);
  const double most = std::max(0.5, 2.5 * std::sqrt(log_variance(kilotokens)));
  const double residual = std::clamp((measured - predicted) / predicted, -most, most);
  // The regressor (1, kilotokens), divided by the prediction: weighting by 1/prediction².
  const double x = 1 / predicted, y = kilotokens / predicted;
  const double along_base = base_variance * x + covariance * y;
  const double along_slope = covariance * x + per_kilotoken_variance * y;
  const double scale = forgetting * relative_noise + x * along_base + y * along_slope;
  base = std::max(0.03, base + along_base / scale * residual);
  per_kilotoken = std::max(0.0, per_kilotoken + along_slope / scale * residual);
  base_variance = (base_variance - along_base * along_base / scale) / forgetting;
  per_kilotoken_variance = (per_kilotoken_variance - along_slope * along_slope / scale) / forgetting;
  covariance = (covariance - along_base * along_slope / scale) / forgetting;
  // Forgetting inflates the direction that the traffic does not vary in without end; hold it at the prior.
  const double excess =
      std::max(base_variance / unseen_base_variance, per_kilotoken_variance / unseen_per_kilotoken_variance);
  if (excess > 1) {
    base_variance /= excess;
    per_kilotoken_variance /= excess;
    covariance /= excess;
  }
}

}  // namespace routing
