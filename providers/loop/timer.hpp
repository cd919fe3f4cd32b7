// The only way asynchronous code learns the time or waits for it. Tests use SimTimer, the gateway a Wheel.
// Belongs to one loop.
#pragma once

#include <boost/intrusive/list_hook.hpp>

#include "config/values/units.hpp"
#include "providers/loop/task.hpp"

namespace providers {

class Timer;

// Rings once when its time has come, unless it is gone or cancelled before. Lives where it is needed,
// often in the frame of the coroutine that it limits.
class Alarm
    : public boost::intrusive::list_base_hook<boost::intrusive::link_mode<boost::intrusive::auto_unlink>> {
 public:
  Alarm(const Alarm&) = delete;
  Alarm& operator=(const Alarm&) = delete;

  config::TimePoint due() const { return due_; }
  bool is_set() const { return is_linked(); }
  void cancel() { unlink_if_set(); }
  // May destroy the alarm.
  virtual void ring() = 0;

 protected:
  Alarm() = default;
  virtual ~Alarm() = default;

 private:
  friend class Timer;
  void unlink_if_set() {
    if (is_linked()) unlink();
  }
  config::TimePoint due_{};
};

class Timer {
 public:
  virtual ~Timer() = default;
  virtual config::TimePoint now() const = 0;
  // What a calendar says: for records, people and dates in headers; it may jump.
  virtual config::WallTime wall() const = 0;

  // Sets the alarm, or moves it when it is set already. Moving it later costs one store.
  void set(Alarm& alarm, config::TimePoint due) {
    const bool only_later = alarm.is_set() && due >= alarm.due_;
    alarm.due_ = due;
    if (!only_later) insert(alarm);
  }

 private:
  // Links the alarm so that it is looked at no later than its due time; it may be linked already.
  virtual void insert(Alarm& alarm) = 0;
};

// An alarm that calls a function.
template <class Function>
class Limit final : public Alarm {
 public:
  explicit Limit(Function function) : function_(std::move(function)) {}
  void ring() override { function_(); }

 private:
  Function function_;
};

// A wait that ends at its time or when somebody wakes it.
class Sleep final : private Alarm {
 public:
  // True when the time came; false when woken before.
  Task<bool> until(Timer& timer, config::TimePoint time);
  void wake();

 private:
  void ring() override;
  Waiter waiter_;
  bool rang_ = false;
};

}  // namespace providers
