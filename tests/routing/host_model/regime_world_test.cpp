#include "routing/host_model/regime_world.hpp"
#include "tests/support/close.hpp"

#include <doctest/doctest.h>

namespace {

using namespace std::chrono_literals;

config::SimulatedHost unsteady() {
  config::SimulatedHost host;
  host.drift.ttft_log_sd = 0.5;
  return host;
}

constexpr config::TimePoint start = config::TimePoint{} + 1h;

TEST_CASE("the recorded distribution is the published one") {
  CHECK(routing::recorded_ttft_quantile(0.50) == support::close(1));
  CHECK(routing::recorded_ttft_quantile(0.75) == support::close(5534.0 / 3446, 0.001));
  CHECK(routing::recorded_ttft_quantile(0.90) == support::close(7986.0 / 3446, 0.001));
  CHECK(routing::recorded_ttft_quantile(0.99) == support::close(21556.0 / 3446, 0.001));
}

TEST_CASE("what a world answers depends on its seed and the time, not on who asked before") {
  routing::RegimeWorld often(unsteady(), 3, start, {}), once(unsteady(), 3, start, {}),
      other(unsteady(), 4, start, {});
  for (auto t = 0s; t < 7200s; t += 7s) often.at(start + t);
  CHECK(often.at(start + 7200s).ttft == once.at(start + 7200s).ttft);
  CHECK(other.at(start + 7200s).ttft != once.at(start + 7200s).ttft);
}

TEST_CASE("a host has calm and jammed times, and the same value for a while") {
  routing::RegimeWorld world(unsteady(), 5, start, {});
  double least = 1e9, most = 0, slowest = 1e9;
  int changes = 0, steps = 0;
  double last = 0;
  for (auto t = 0s; t < 86400s; t += 2s) {
    const routing::Conditions now = world.at(start + t);
    least = std::min(least, now.ttft);
    most = std::max(most, now.ttft);
    slowest = std::min(slowest, now.speed);
    changes += now.ttft != last ? 1 : 0;
    ++steps;
    last = now.ttft;
  }
  CHECK(least < 0.5);
  CHECK(most > 3);
  CHECK(slowest == support::close(0.4));
  CHECK(changes < steps / 8);
}

TEST_CASE("a steady host varies little, and outages refuse with their status") {
  config::SimulatedHost host;
  host.outages = config::Outages{
      .when = {.scheduled = {{.at = config::Seconds{10}, .length = config::Seconds{5}}}}, .status = 503};
  routing::RegimeWorld world(host, 5, start, {});
  CHECK(!world.at(start + 9s).outage);
  CHECK(world.at(start + 12s).outage == 503);
  CHECK(!world.at(start + 16s).outage);
  for (auto t = 20s; t < 20000s; t += 10s) CHECK(world.at(start + t).ttft < 1.6);
}

}  // namespace
