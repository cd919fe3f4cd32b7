#include "providers/credentials/rolling_sum.hpp"

#include <utility>

namespace providers {

void RollingSum::pass(config::TimePoint now) {
  const std::int64_t current = now.time_since_epoch() / slot_;
  if (current <= newest_) return;
  if (current - newest_ >= slots) {
    amounts_.fill(0);
    sum_ = 0;
  } else {
    for (std::int64_t slot = newest_ + 1; slot <= current; ++slot) sum_ -= std::exchange(at(slot), 0);
  }
  newest_ = current;
}

void RollingSum::add(std::int64_t amount, config::TimePoint now) {
  pass(now);
  at(newest_) += amount;
  sum_ += amount;
}

std::int64_t RollingSum::sum(config::TimePoint now) {
  pass(now);
  return sum_;
}

config::Duration RollingSum::until_gone(std::int64_t amount, config::TimePoint now) {
  pass(now);
  std::int64_t gone = 0;
  for (std::int64_t slot = newest_ - slots + 1; slot <= newest_ && gone < amount; ++slot) {
    if (slot < 0) continue;
    gone += at(slot);
    if (gone >= amount) return config::TimePoint(slot_ * (slot + slots)) - now;
  }
  // More than there is: an estimate of when all of it is.
  return amount > 0 ? slot_ * slots : config::Duration::zero();
}

}  // namespace providers
