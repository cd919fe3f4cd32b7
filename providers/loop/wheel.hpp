// The real Timer: one coarse wheel per loop, so that a limit costs a list insertion and not a system call.
// Alarms ring up to `tick` late, never early. Ticks only while an alarm is set. Belongs to one loop.
//
// Where the whole process stood still (SIGSTOP, a machine that was frozen), what came meanwhile is read
// before any limit counts as passed: it is nobody's silence. Source of the idea: Varghese and Lauck, "Hashed
// and Hierarchical Timing Wheels", scheme 6.
#pragma once

#include <array>
#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/intrusive/list.hpp>

#include "providers/loop/timer.hpp"
#include "providers/loop/wall_clock.hpp"

namespace providers {

class Wheel final : public Timer {
 public:
  static constexpr config::Duration tick = std::chrono::milliseconds(25);

  explicit Wheel(boost::asio::io_context& io) : timer_(io) {}
  config::TimePoint now() const override { return config::Clock::now(); }
  config::WallTime wall() const override { return system_wall(); }

 private:
  using Slot = boost::intrusive::list<Alarm, boost::intrusive::constant_time_size<false>>;
  static constexpr std::size_t slots = 1024;
  static constexpr config::Duration stood_still = std::chrono::seconds(1);  // a loop that is that late

  void insert(Alarm& alarm) override;
  void wait_for_tick(config::TimePoint at);
  config::TimePoint next_tick() const { return config::TimePoint(tick * (turned_ + 1)); }
  void turn();
  static std::int64_t tick_of(config::TimePoint time) { return time.time_since_epoch() / tick; }

  boost::asio::steady_timer timer_;
  std::array<Slot, slots> slots_;
  std::int64_t turned_ = 0;  // the last tick whose slot was emptied
  bool ticking_ = false;
  bool has_waited_ = false;  // for what came while it stood still
};

}  // namespace providers
