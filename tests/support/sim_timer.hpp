// A Timer whose time is the test's: it stands still until advance(). Alarms ring exactly when due, in the
// order of their times, and each may set others that ring in the same advance.
#pragma once

#include <boost/intrusive/list.hpp>
#include <functional>

#include "providers/loop/timer.hpp"

namespace support {

class SimTimer final : public providers::Timer {
 public:
  config::TimePoint now() const override { return now_; }
  // The calendar stands at the noon of a Tuesday in November 2026 when the clock stands at its beginning.
  config::WallTime wall() const override {
    return config::WallTime{std::chrono::sys_days{std::chrono::year{2026} / 11 / 24} +
                            std::chrono::hours(12)} +
           std::chrono::duration_cast<config::WallTime::duration>(now_.time_since_epoch());
  }

  // Lets `time` pass. `between` runs after each alarm, so that an event loop can do what it led to.
  void advance(
      config::Duration time, const std::function<void()>& between = [] {}) {
    const config::TimePoint end = now_ + time;
    between();
    while (providers::Alarm* next = earliest()) {
      if (next->due() > end) break;
      now_ = std::max(now_, next->due());
      next->cancel();
      next->ring();
      between();
    }
    now_ = end;
  }
  std::size_t set_alarms() const { return alarms_.size(); }

 private:
  void insert(providers::Alarm& alarm) override {
    alarm.cancel();
    alarms_.push_back(alarm);
  }
  providers::Alarm* earliest() {
    providers::Alarm* first = nullptr;
    for (providers::Alarm& alarm : alarms_) {
      if (!first || alarm.due() < first->due()) first = &alarm;
    }
    return first;
  }

  config::TimePoint now_{std::chrono::hours(1)};
  boost::intrusive::list<providers::Alarm, boost::intrusive::constant_time_size<false>> alarms_;
};

}  // namespace support
