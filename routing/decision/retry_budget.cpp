#include "routing/decision/retry_budget.hpp"

#include <algorithm>
#include <cmath>

namespace routing {
namespace {

constexpr config::Seconds span{10};
// Hosts that have not failed for so long are forgotten, so that the table does not grow with reloads.
constexpr std::size_t most_hosts = 4096;

}  // namespace

RetryPrice retry_price(const Decision& decision, std::span<const Attempt> tried, std::uint64_t generation) {
  if (decision.reason == Reason::panic) return RetryPrice::paid;
  const auto is_there = [&](const Attempt& attempt) {
    return attempt.generation == generation && attempt.endpoint == decision.chosen;
  };
  return std::ranges::any_of(tried, is_there) ? RetryPrice::paid : RetryPrice::free;
}

void RetryAllowance::refill(double part, const config::RetrySettings& settings, config::TimePoint now) {
  if (is_new_) {
    is_new_ = false;
    tokens_ = part * settings.burst;
    refilled_ = now;
  }
  if (now <= refilled_) return;
  const double spans = config::Seconds(now - refilled_) / span;
  refilled_ = now;
  recent_requests_ *= std::exp(-spans);
  const double most = part * (settings.burst + settings.share * recent_requests_);
  tokens_ = std::min(tokens_ + part * settings.burst * spans, most);
}

void RetryAllowance::count(double requests, const config::RetrySettings& settings, config::TimePoint now) {
  refill(1, settings, now);
  recent_requests_ += requests;
  tokens_ += settings.share * requests;
}

bool RetryAllowance::has(double part, const config::RetrySettings& settings, config::TimePoint now) {
  refill(part, settings, now);
  return tokens_ >= 1;
}

void RetryBudget::count(std::uint64_t requests, const config::RetrySettings& settings,
                        config::TimePoint now) {
  const std::lock_guard lock(mutex_);
  whole_.count(static_cast<double>(requests), settings, now);
  for (auto& [hash, host] : hosts_) {
    host.count(settings.per_host * static_cast<double>(requests), settings, now);
  }
}

bool RetryBudget::take(std::uint64_t failing, const config::RetrySettings& settings, config::TimePoint now) {
  const std::lock_guard lock(mutex_);
  if (hosts_.size() >= most_hosts) hosts_.clear();
  RetryAllowance& host = hosts_[failing];
  if (!host.has(settings.per_host, settings, now) || !whole_.has(1, settings, now)) return false;
  host.take();
  whole_.take();
  return true;
}

}  // namespace routing
