#include "providers/credentials/key_health.hpp"

#include <algorithm>

namespace providers {
namespace {

constexpr config::Duration of_refused_key = std::chrono::minutes(1);
constexpr config::Duration of_spent_rate = std::chrono::seconds(5);

}  // namespace

std::size_t KeyHealth::next(config::TimePoint now) {
  const std::int64_t ticks = now.time_since_epoch().count();
  const std::size_t begin = turn_.fetch_add(1, std::memory_order_relaxed);
  std::size_t best = begin % keys_;
  for (std::size_t i = 0; i < keys_; ++i) {
    const std::size_t key = (begin + i) % keys_;
    const std::int64_t rests = rests_until_[key].load(std::memory_order_relaxed);
    if (rests <= ticks) return key;
    if (rests < rests_until_[best].load(std::memory_order_relaxed)) best = key;
  }
  return best;
}

bool KeyHealth::refused(std::size_t key, int status, std::optional<config::Duration> asked,
                        config::TimePoint now) {
  const config::Duration rest = status == 429 ? asked.value_or(of_spent_rate) : of_refused_key;
  rests_until_[key].store((now + rest).time_since_epoch().count(), std::memory_order_relaxed);
  const std::int64_t ticks = now.time_since_epoch().count();
  for (std::size_t i = 0; i < keys_; ++i) {
    if (i != key && rests_until_[i].load(std::memory_order_relaxed) <= ticks) return true;
  }
  return false;
}

}  // namespace providers
