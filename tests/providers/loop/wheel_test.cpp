#include "providers/loop/wheel.hpp"

#include <doctest/doctest.h>

#include <boost/asio/io_context.hpp>
#include <memory>
#include <optional>

using namespace std::chrono_literals;
using providers::Limit;
using providers::Wheel;

// The wheel turns with the real clock. These tests assert order and that nothing rings early, which hold
// however slow the machine is.

TEST_CASE("an alarm never rings early, and alarms a tick apart ring in order") {
  boost::asio::io_context io{1};
  Wheel wheel(io);
  std::vector<int> rung;
  bool early = false;
  const config::TimePoint start = wheel.now();
  const auto alarm = [&](int name, config::Duration after) {
    return [&rung, &early, &wheel, name, due = start + after] {
      rung.push_back(name);
      early = early || wheel.now() < due;
    };
  };
  Limit third(alarm(3, 130ms)), first(alarm(1, 30ms)), second(alarm(2, 80ms)), at_once(alarm(0, -5ms));
  wheel.set(third, start + 130ms);
  wheel.set(first, start + 30ms);
  wheel.set(second, start + 80ms);
  wheel.set(at_once, start - 5ms);
  io.run();  // ends by itself: the wheel stands still when nothing is set
  CHECK(rung == std::vector{0, 1, 2, 3});
  CHECK(!early);
}

TEST_CASE("an alarm that is moved rings once, at its last time") {
  boost::asio::io_context io{1};
  Wheel wheel(io);
  const config::TimePoint start = wheel.now();
  std::vector<int> rung;
  Limit later([&] { rung.push_back(2); });
  Limit sooner([&] { rung.push_back(1); });
  Limit mark([&] { rung.push_back(0); });
  wheel.set(later, start + 10ms);
  wheel.set(later, start + 120ms);
  wheel.set(sooner, start + 10h);
  wheel.set(sooner, start + 70ms);
  wheel.set(mark, start + 30ms);
  CHECK(sooner.due() == start + 70ms);
  io.run();
  CHECK(rung == std::vector{0, 1, 2});
}

TEST_CASE("an alarm that is cancelled or gone does not ring, and lets the loop end") {
  boost::asio::io_context io{1};
  Wheel wheel(io);
  int rung = 0;
  Limit cancelled([&] { ++rung; });
  wheel.set(cancelled, wheel.now() + 10ms);
  cancelled.cancel();
  {
    Limit gone([&] { ++rung; });
    wheel.set(gone, wheel.now() + 10ms);
  }
  io.run();
  CHECK(rung == 0);
}

TEST_CASE("an alarm may set itself again, cancel another that is due, and destroy itself") {
  boost::asio::io_context io{1};
  Wheel wheel(io);
  int rung = 0;
  const config::TimePoint due = wheel.now() + 10ms;
  std::function<void()> on_ring;
  auto again = std::make_unique<Limit<std::function<void()>>>([&] { on_ring(); });
  Limit other([&] { FAIL("was cancelled"); });
  on_ring = [&] {
    other.cancel();
    if (++rung < 3) {
      wheel.set(*again, wheel.now() + 1ms);
    } else {
      again.reset();
    }
  };
  wheel.set(*again, due);
  wheel.set(other, due);
  io.run();
  CHECK(rung == 3);
  CHECK(!again);
}

TEST_CASE("an alarm beyond a whole turn of the wheel waits for its own turn") {
  boost::asio::io_context io{1};
  Wheel wheel(io);
  bool far_rang = false;
  // The same slot as one that is near: a turn has 1024 ticks of 25 ms.
  Limit far([&] { far_rang = true; });
  Limit near([&] { far.cancel(); });
  const config::TimePoint start = wheel.now();
  wheel.set(far, start + 1024 * Wheel::tick);
  wheel.set(near, start + 3 * Wheel::tick);
  io.run();
  CHECK(!far_rang);
}

TEST_CASE("an alarm that throws keeps none of the others from ringing") {
  boost::asio::io_context io{1};
  Wheel wheel(io);
  bool same_tick = false, later = false;
  const config::TimePoint start = wheel.now();
  Limit bad([] { throw std::runtime_error("bad"); });
  Limit beside([&] { same_tick = true; });
  Limit after([&] { later = true; });
  wheel.set(bad, start + 30ms);
  wheel.set(beside, start + 30ms);
  wheel.set(after, start + 90ms);
  CHECK_THROWS_AS(io.run(), std::runtime_error);
  io.run();
  CHECK(same_tick);
  CHECK(later);
}
