// A timer for what decides and does not wait: its time is set by hand and its alarms never ring.
#pragma once

#include <boost/intrusive/list.hpp>

#include "providers/loop/timer.hpp"

namespace tests {

class StillTimer final : public providers::Timer {
 public:
  config::TimePoint time = config::TimePoint{} + std::chrono::hours(1);

  config::TimePoint now() const override { return time; }
  config::WallTime wall() const override {
    return config::WallTime{std::chrono::duration_cast<config::WallTime::duration>(time.time_since_epoch())};
  }

 private:
  void insert(providers::Alarm& alarm) override {
    if (!alarm.is_set()) alarms_.push_back(alarm);
  }

  boost::intrusive::list<providers::Alarm, boost::intrusive::constant_time_size<false>> alarms_;
};

}  // namespace tests
