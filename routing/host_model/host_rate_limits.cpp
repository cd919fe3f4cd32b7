#include "routing/host_model/host_rate_limits.hpp"

#include <algorithm>

#include "routing/host_model/work_clock.hpp"

namespace routing {

double MinuteBucket::level(config::TimePoint now) const {
  return std::min(per_minute_, level_ + config::Seconds{now - at_}.count() * per_minute_ / 60);
}

void MinuteBucket::take(double amount, config::TimePoint now) {
  level_ = level(now) - amount;
  at_ = now;
}

config::Duration MinuteBucket::until(double amount, config::TimePoint now) const {
  const double missing = std::min(amount, per_minute_) - level(now);
  return missing <= 0 ? config::Duration{0} : later_by(now, missing * 60 / per_minute_) - now;
}

RateStanding MinuteBucket::standing(config::TimePoint now) const {
  return {per_minute_, std::max(level(now), 0.0), until(per_minute_, now)};
}

HostRateLimits::HostRateLimits(const config::RateLimitBehaviour& settings, config::TimePoint now) {
  if (settings.requests_per_minute) requests_.emplace(*settings.requests_per_minute, now);
  if (settings.tokens_per_minute) tokens_.emplace(*settings.tokens_per_minute, now);
}

std::optional<Refused> HostRateLimits::admit(config::Tokens prompt, config::TimePoint now) {
  const auto size = static_cast<double>(prompt.count);
  if (requests_) {
    const auto wait = requests_->until(1, now);
    if (wait > config::Duration{0}) return Refused{Refused::Because::requests_per_minute, 429, wait};
  }
  if (tokens_) {
    const auto wait = tokens_->until(size, now);
    if (wait > config::Duration{0}) return Refused{Refused::Because::tokens_per_minute, 429, wait};
  }
  if (requests_) requests_->take(1, now);
  if (tokens_) tokens_->take(size, now);
  return std::nullopt;
}

void HostRateLimits::charge(config::Tokens output, config::TimePoint now) {
  if (tokens_) tokens_->take(static_cast<double>(output.count), now);
}

std::optional<RateStanding> HostRateLimits::requests(config::TimePoint now) const {
  if (!requests_) return std::nullopt;
  return requests_->standing(now);
}

std::optional<RateStanding> HostRateLimits::tokens(config::TimePoint now) const {
  if (!tokens_) return std::nullopt;
  return tokens_->standing(now);
}

}  // namespace routing
