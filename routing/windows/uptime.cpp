#include "routing/windows/uptime.hpp"

#include <algorithm>
#include <chrono>

#include "routing/terms/prediction.hpp"

namespace routing {

Counted counted_for_uptime(const Attempt& attempt) {
  if (!attempt.failure) return Counted::success;
  switch (attempt.failure->kind) {
    case FailureKind::rejected:
    case FailureKind::too_long:
    case FailureKind::rate_limited:
    case FailureKind::client_left:
    case FailureKind::outrun:
    case FailureKind::deadline:
    case FailureKind::local:
      return Counted::neither;
    case FailureKind::credential:
      return attempt.failure->status == 403 ? Counted::neither : Counted::failure;
    default:
      return Counted::failure;
  }
}

template <std::int64_t slots, std::int64_t minutes>
void Uptime::Ring<slots, minutes>::pass(config::TimePoint now) {
  const std::int64_t current = now.time_since_epoch() / std::chrono::minutes(minutes);
  const std::int64_t stale = std::min(current - newest_, slots);
  for (std::int64_t i = 1; i <= stale; ++i) {
    Count& leaving = slots_[static_cast<std::size_t>((newest_ + i) % slots)];
    sum_.successes -= leaving.successes;
    sum_.failures -= leaving.failures;
    leaving = {};
  }
  newest_ = std::max(newest_, current);
}

template <std::int64_t slots, std::int64_t minutes>
void Uptime::Ring<slots, minutes>::count(Counted counted) {
  Count& slot = slots_[static_cast<std::size_t>(newest_ % slots)];
  if (counted == Counted::success) {
    ++slot.successes;
    ++sum_.successes;
  } else if (counted == Counted::failure) {
    ++slot.failures;
    ++sum_.failures;
  }
}

template <std::int64_t slots, std::int64_t minutes>
Uptime::Count Uptime::Ring<slots, minutes>::last(std::int64_t count) const {
  Count sum;
  for (std::int64_t i = 0; i < count; ++i) {
    const Count& slot = slots_[static_cast<std::size_t>((newest_ + slots - i) % slots)];
    sum.successes += slot.successes;
    sum.failures += slot.failures;
  }
  return sum;
}

double Uptime::share_of_five_minutes() const {
  return share_of(half_hour_.last(5));
}

void Uptime::pass(config::TimePoint now) {
  half_hour_.pass(now);
  day_.pass(now);
}

void Uptime::count(Counted counted, config::TimePoint now) {
  pass(now);
  half_hour_.count(counted);
  day_.count(counted);
}

double Uptime::share_of(const Count& count) {
  if (count.requests() < least_requests) return unknown;
  return static_cast<double>(count.successes) / static_cast<double>(count.requests());
}

}  // namespace routing
