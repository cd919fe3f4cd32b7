#include "providers/loop/wheel.hpp"

#include <algorithm>
#include <utility>

namespace providers {

void Wheel::insert(Alarm& alarm) {
  alarm.cancel();
  if (!ticking_) {
    turned_ = tick_of(now());
    ticking_ = true;
    wait_for_tick(next_tick());
  }
  // The tick after the due time, so that no alarm rings early; never a slot that was emptied already.
  const std::int64_t due = std::max(tick_of(alarm.due()) + 1, turned_ + 1);
  slots_[static_cast<std::size_t>(due) % slots].push_back(alarm);
}

void Wheel::wait_for_tick(config::TimePoint at) {
  timer_.expires_at(at);
  timer_.async_wait([this](boost::system::error_code error) {
    if (!error) turn();
  });
}

void Wheel::turn() {
  const config::TimePoint time = now();
  if (time - next_tick() > stood_still && !std::exchange(has_waited_, true))
    return wait_for_tick(time + tick);
  has_waited_ = false;
  // A loop that was held up for a whole turn of the wheel need not visit a slot twice.
  turned_ = std::max(turned_, tick_of(time) - static_cast<std::int64_t>(slots));
  std::exception_ptr fault;
  while (turned_ < tick_of(time)) {
    Slot due;
    due.swap(slots_[static_cast<std::size_t>(++turned_) % slots]);
    while (!due.empty()) {
      Alarm& alarm = due.front();
      due.pop_front();
      if (alarm.due() > time) {
        insert(alarm);  // set later since, or due in a later turn of the wheel
      } else {
        try {
          alarm.ring();
        } catch (...) {
          if (!fault) fault = std::current_exception();
        }
      }
    }
  }
  ticking_ = std::ranges::any_of(slots_, [](const Slot& slot) { return !slot.empty(); });
  if (ticking_) wait_for_tick(next_tick());
  // Of one alarm: the others have rung, and the wheel goes on.
  if (fault) std::rethrow_exception(fault);
}

}  // namespace providers
