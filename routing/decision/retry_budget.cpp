#include "routing/decision/retry_budget.hpp"

#include <algorithm>
#include <cmath>

namespace routing {
namespace {

constexpr double share = 0.2;
constexpr double retries_per_span = 5;
constexpr config::Seconds span{10};

}  // namespace

void RetryBudget::refill(config::TimePoint now) {
  if (now <= refilled_) return;
  const double spans = config::Seconds(now - refilled_) / span;
  refilled_ = now;
  recent_requests_ *= std::exp(-spans);
  tokens_ = std::min(tokens_ + retries_per_span * spans, retries_per_span + share * recent_requests_);
}

void RetryBudget::count_request(config::TimePoint now) {
  refill(now);
  recent_requests_ += 1;
  tokens_ += share;
}

bool RetryBudget::take(config::TimePoint now) {
  refill(now);
  if (tokens_ < 1) return false;
  tokens_ -= 1;
  return true;
}

}  // namespace routing
