#include "routing/windows/window.hpp"

#include <algorithm>

namespace routing {

Window::Passed Window::pass(config::TimePoint now) {
  Passed passed = Passed::unchanged;
  const std::int64_t current = now.time_since_epoch() / slot_;
  const std::int64_t stale = std::min(current - newest_, slots);
  for (std::int64_t i = 1; i <= stale; ++i) {
    std::vector<Count>& leaving = ring_[static_cast<std::size_t>((newest_ + i) % slots)];
    for (const Count& count : leaving) sum_.remove(count.bucket, count.times);
    if (!leaving.empty()) passed = Passed::changed;
    leaving.clear();
  }
  newest_ = std::max(newest_, current);
  return passed;
}

void Window::add(double value, std::uint32_t times, config::TimePoint now) {
  pass(now);
  const std::size_t bucket = Histogram::bucket_of(value);
  sum_.add(bucket, times);
  std::vector<Count>& slot = ring_[static_cast<std::size_t>(newest_ % slots)];
  // In order: a busy endpoint has many in a slot.
  const auto known = std::ranges::lower_bound(slot, bucket, {}, &Count::bucket);
  if (known != slot.end() && known->bucket == bucket) {
    known->times += times;
  } else {
    slot.insert(known, {static_cast<std::uint32_t>(bucket), times});
  }
}

}  // namespace routing
