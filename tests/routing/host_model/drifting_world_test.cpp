#include "routing/host_model/drifting_world.hpp"
#include "tests/support/close.hpp"

#include <doctest/doctest.h>

#include <chrono>
#include <cmath>
#include <vector>

using namespace std::chrono_literals;

namespace {

constexpr config::TimePoint start{50h};
// A day's midnight, UTC.
constexpr config::WallTime midnight{std::chrono::sys_days{std::chrono::year{2025} / 7 / 3}};

config::SimulatedHost quiet_host() {
  config::SimulatedHost host;
  host.drift = {.ttft_log_sd = 0, .speed_log_sd = 0, .time_constant = 600s};
  return host;
}

}  // namespace

TEST_CASE("busy hours follow the clock on the wall, over midnight too") {
  auto host = quiet_host();
  host.busy_hours = {{.when = {{22 * 60}, {2 * 60}}, .ttft_factor = 3, .speed_factor = 0.5}};
  struct Row {
    config::Duration at;
    double ttft;
  };
  for (const Row& row :
       std::vector<Row>{{0h, 3}, {119min, 3}, {2h, 1}, {21h + 59min, 1}, {22h, 3}, {25h, 3}}) {
    CAPTURE(config::Seconds{row.at}.count());
    routing::DriftingWorld world{host, 1, start, midnight};
    const auto conditions = world.at(start + row.at);
    CHECK(conditions.ttft == support::close(row.ttft));
    CHECK(conditions.speed == support::close(row.ttft == 1 ? 1 : 0.5));
  }
}

TEST_CASE("drift wanders around the median with the deviation that was set, and comes back") {
  auto host = quiet_host();
  host.drift = {.ttft_log_sd = 0.4, .speed_log_sd = 0.1, .time_constant = 600s};
  routing::DriftingWorld world{host, 3, start, midnight};
  double sum = 0, squares = 0, product = 0, last = 0, far = 0;
  const int steps = 20'000;
  for (int i = 0; i < steps; ++i) {
    const double level = std::log(world.at(start + 600s * i).ttft);
    sum += level;
    squares += level * level;
    product += level * last;
    far = std::max(far, std::abs(level));
    last = level;
  }
  CHECK(std::abs(sum / steps) < 0.02);
  CHECK(std::sqrt(squares / steps) == support::close(0.4, 0.05));
  CHECK(product / squares == support::close(std::exp(-1), 0.1));
  CHECK(far < 2.4);
}

TEST_CASE("what the world is like does not depend on who asked before") {
  auto host = quiet_host();
  host.drift = {.ttft_log_sd = 0.4, .speed_log_sd = 0.2, .time_constant = 60s};
  host.busy_episodes =
      config::BusyEpisodes{.when = {.mean_between = 100s, .mean_length = 30s, .scheduled = {}}};
  host.outages = config::Outages{.when = {.mean_between = 300s, .mean_length = 30s, .scheduled = {}}};
  routing::DriftingWorld often{host, 9, start, midnight};
  routing::DriftingWorld seldom{host, 9, start, midnight};
  routing::DriftingWorld other{host, 10, start, midnight};
  int differs = 0;
  for (int i = 0; i < 2'000; ++i) {
    const auto conditions = often.at(start + 7s * i);
    if (i % 50 != 0) continue;
    const auto same = seldom.at(start + 7s * i);
    CHECK(conditions.ttft == same.ttft);
    CHECK(conditions.speed == same.speed);
    CHECK(conditions.outage == same.outage);
    differs += conditions.ttft != other.at(start + 7s * i).ttft;
  }
  CHECK(differs > 30);
}

TEST_CASE("outages come and go at their times") {
  auto host = quiet_host();
  SUBCASE("by schedule") {
    host.outages = config::Outages{.when = {.mean_between = {}, .mean_length = 1s, .scheduled = {{60s, 30s}}},
                                   .status = 502};
    routing::DriftingWorld world{host, 1, start, midnight};
    CHECK_FALSE(world.at(start + 59s).outage.has_value());
    CHECK(world.at(start + 60s).outage == 502);
    CHECK(world.at(start + 89s).outage == 502);
    CHECK_FALSE(world.at(start + 90s).outage.has_value());
  }
  SUBCASE("by chance, for the share of time that was set") {
    host.outages = config::Outages{.when = {.mean_between = 900s, .mean_length = 100s, .scheduled = {}}};
    routing::DriftingWorld world{host, 1, start, midnight};
    int down = 0;
    for (int i = 0; i < 200'000; ++i) down += world.at(start + 10s * i).outage.has_value();
    CHECK(down / 200'000.0 == support::close(0.1, 0.1));
  }
}
