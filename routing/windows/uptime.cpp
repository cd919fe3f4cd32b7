#include "routing/windows/uptime.hpp"

#include <algorithm>

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

void Uptime::pass(config::TimePoint now) {
  const std::int64_t current = now.time_since_epoch() / std::chrono::minutes(1);
  const std::int64_t stale = std::min(current - newest_, slots);
  for (std::int64_t i = 1; i <= stale; ++i) {
    Slot& leaving = ring_[static_cast<std::size_t>((newest_ + i) % slots)];
    successes_ -= leaving.successes;
    failures_ -= leaving.failures;
    leaving = {};
  }
  newest_ = std::max(newest_, current);
}

void Uptime::count(Counted counted, config::TimePoint now) {
  pass(now);
  Slot& slot = ring_[static_cast<std::size_t>(newest_ % slots)];
  if (counted == Counted::success) {
    ++slot.successes;
    ++successes_;
  } else if (counted == Counted::failure) {
    ++slot.failures;
    ++failures_;
  }
}

double Uptime::share() const {
  if (requests() < least_requests) return unknown;
  return static_cast<double>(successes_) / static_cast<double>(requests());
}

}  // namespace routing
