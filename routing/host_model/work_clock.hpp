// Time as a batch of requests feels it. All requests of a batch slow down together when it fills, so one
// clock that runs at the batch's pace says when each of them is done: the work left to a token never changes,
// only the pace. So a change of load costs nothing per request. Source: virtual time in fair queueing
// (Demers, Keshav, Shenker, "Analysis and simulation of a fair queueing algorithm", 1989).
#pragma once

#include <chrono>
#include <cmath>

#include "config/values/units.hpp"

namespace routing {

// From `seconds` after `from`, never earlier: who waits until then finds that it has come. Far beyond any
// life of a process it is the end of time.
inline config::TimePoint later_by(config::TimePoint from, double seconds) {
  constexpr double end_of_time = 1e9;
  if (!(seconds < end_of_time)) return config::TimePoint::max();
  return from + config::Duration{static_cast<config::Duration::rep>(std::ceil(seconds * 1e9))};
}

// Work is counted in seconds at pace 1. Belongs to its host.
class WorkClock {
 public:
  explicit WorkClock(config::TimePoint start) : since_(start) {}

  double at(config::TimePoint time) const { return work_ + config::Seconds{time - since_}.count() * pace_; }
  // When the clock will show `work`, if the pace stays.
  config::TimePoint when(double work) const { return later_by(since_, (work - work_) / pace_); }
  // `now` must not go back between calls; `pace` is above 0.
  void set_pace(double pace, config::TimePoint now) {
    work_ = at(now);
    since_ = now;
    pace_ = pace;
  }

 private:
  config::TimePoint since_;
  double work_ = 0;
  double pace_ = 1;
};

}  // namespace routing
