// Observations that make no sense, at a host that is known and at one that is not.
#include <doctest/doctest.h>

#include <cmath>
#include <limits>

#include "tests/support/fleet.hpp"

using namespace std::chrono_literals;

namespace {

constexpr double infinite = std::numeric_limits<double>::infinity();

void check_finite(support::World& world) {
  for (const std::int64_t prompt : {std::int64_t{0}, std::int64_t{1000}, std::int64_t{1'000'000}}) {
    world.decide(world.demand(prompt));
    for (const routing::Verdict& verdict : world.decision.verdicts) {
      CAPTURE(verdict.endpoint);
      const routing::Prediction& p = verdict.prediction;
      for (const double each : {p.ttft, p.ttft_log_sd, p.throughput, p.throughput_log_sd, p.generation,
                                p.price, p.failure, p.failing, verdict.cost.total()})
        CHECK(std::isfinite(each));
    }
    CHECK(std::isfinite(world.decision.propensity));
  }
}

}  // namespace

TEST_CASE("whatever a host's limits, times and loads are said to be, costs stay numbers") {
  support::World world({{.name = "a"}, {.name = "b"}, {.name = "c"}});
  for (int i = 0; i < 5; ++i) world.ask_often(3);
  for (const double headroom : {infinite, -infinite, routing::unknown, -5.0, 1e300, -1e300, 0.0}) {
    CAPTURE(headroom);
    const routing::Demand demand = world.demand();
    routing::Attempt attempt = world.answer(0, demand);
    attempt.headroom = headroom;
    world.market.observe(attempt, demand, world.now += 1s);
    check_finite(world);
  }
  for (const config::Duration time :
       {config::Duration(-1h), config::Duration(0), config::Duration(1ns), config::Duration(24h * 3650)}) {
    CAPTURE(time.count());
    for (const int in_flight : {-1, 0, 1'000'000}) {
      for (const bool fails : {false, true}) {
        const routing::Demand demand = world.demand();
        routing::Attempt attempt = world.answer(0, demand);
        attempt.first_delta = attempt.first_visible = time;
        attempt.finished = time;
        attempt.in_flight = in_flight;
        attempt.cached_share = 1;
        if (fails) {
          attempt.first_delta.reset();
          attempt.failure = routing::Failure{.kind = routing::FailureKind::rate_limited,
                                             .progress = routing::Progress::request_sent,
                                             .status = 429,
                                             .retry_after = time};
        }
        world.market.observe(attempt, demand, world.now += 1s);
        check_finite(world);
      }
    }
  }
}

TEST_CASE("a clock that goes back for a day changes no expectation into nonsense") {
  support::World world({{.name = "a"}, {.name = "b"}});
  for (int i = 0; i < 5; ++i) world.ask_often(3);
  world.now += 24h;
  world.ask_often(2);
  world.now -= 24h;
  world.ask_often(4);
  check_finite(world);
  world.now += 24h * 3650;
  world.ask_often(2);
  check_finite(world);
}

TEST_CASE("a host that gets one request a week is asked again after it failed, and not for being unknown") {
  support::World world({{.name = "good"}, {.name = "failing", .output_price = 1, .failing = 1}});
  world.policy.explore = 0;
  int failing = 0;
  for (int week = 0; week < 40; ++week) {
    failing += world.ask(1000, 24h * 7) == "failing" ? 1 : 0;
  }
  CHECK(failing > 5);  // each week it may have come back
  world.host("failing").failing = 0;
  std::string asked;
  for (int week = 0; week < 3 && asked != "failing"; ++week) asked = world.ask(1000, 24h * 7);
  CHECK(asked == "failing");
}
