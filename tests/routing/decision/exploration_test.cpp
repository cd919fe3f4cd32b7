#include "routing/decision/exploration.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>

#include "tests/support/close.hpp"
#include "tests/support/fleet.hpp"

using namespace std::chrono_literals;
using namespace routing;
using support::World;

namespace {

// Five hosts known to different degrees, and a purse that can pay for all of them.
World uncertain_world() {
  World world({{.name = "a"},
               {.name = "b", .output_price = 2.1},
               {.name = "c", .output_price = 2.2},
               {.name = "d", .output_price = 2.4},
               {.name = "e", .output_price = 3}});
  for (EndpointIndex i = 0; i < 4; ++i) {
    for (EndpointIndex n = 0; n < 3 * i; ++n) {
      world.market.observe(world.answer(i, world.demand()), world.demand(), world.now += 1s);
    }
  }
  world.purse.settle({.chosen = 0, .expected_dollars = 100}, 0.02);
  return world;
}

}  // namespace

TEST_CASE("propensities add up to one and are how often each host is really chosen") {
  World world = uncertain_world();
  const auto snapshot = world.market.snapshot(world.now);
  constexpr int times = 20'000;
  std::vector<double> chosen(5), propensity(5);
  for (std::uint64_t seed = 0; seed < times; ++seed) {
    plan(*snapshot, world.policy, world.demand(), {}, world.in_flight, world.purse, {world.now, seed},
         world.decision);
    chosen[*world.decision.chosen] += 1.0 / times;
    CHECK(world.decision.propensity == world.decision.verdicts[*world.decision.chosen].propensity);
  }
  double sum = 0;
  for (const Verdict& verdict : world.decision.verdicts) {
    propensity[verdict.endpoint] = verdict.propensity;
    sum += verdict.propensity;
  }
  CHECK(sum == support::close(1));
  for (std::size_t i = 0; i < 5; ++i) {
    CAPTURE(i);
    const double sd = std::sqrt(propensity[i] * (1 - propensity[i]) / times);
    CHECK(std::abs(chosen[i] - propensity[i]) < 4 * sd + 1e-4);
  }
}

TEST_CASE("an empty purse pays for nothing, and neither does a policy without exploring") {
  World world = uncertain_world();
  const Purse empty;
  const auto snapshot = world.market.snapshot(world.now);
  for (std::uint64_t seed = 0; seed < 500; ++seed) {
    plan(*snapshot, world.policy, world.demand(), {}, world.in_flight, empty, {world.now, seed},
         world.decision);
    CHECK(world.decision.verdicts[*world.decision.chosen].rank == 1);
    CHECK(world.decision.propensity == 1);
  }
  world.policy.explore = 0;
  for (std::uint64_t seed = 0; seed < 500; ++seed) {
    plan(*snapshot, world.policy, world.demand(), {}, world.in_flight, world.purse, {world.now, seed},
         world.decision);
    CHECK(world.decision.verdicts[*world.decision.chosen].rank == 1);
  }
}

TEST_CASE("a retry does not explore") {
  World world = uncertain_world();
  const auto snapshot = world.market.snapshot(world.now);
  const Attempt tried{.endpoint = 4, .generation = 1, .failure = Failure{.kind = FailureKind::connect}};
  for (std::uint64_t seed = 0; seed < 500; ++seed) {
    plan(*snapshot, world.policy, world.demand(), std::span(&tried, 1), world.in_flight, world.purse,
         {world.now, seed}, world.decision);
    CHECK(world.decision.verdicts[*world.decision.chosen].rank == 1);
    CHECK(world.decision.explored_dollars == 0);
  }
}

TEST_CASE(
    "exploring never spends more than the purse was given, two per cent of what was expected, and one "
    "request's cost") {
  World world(
      {{.name = "a"}, {.name = "b", .output_price = 4}, {.name = "c", .ttft = 9}, {.name = "d", .rate = 9}});
  double expected = 0, explored = 0, dearest = 0;
  int times = 0;
  for (int i = 0; i < 3'000; ++i) {
    world.ask(i % 3 == 0 ? 20'000 : 300);
    expected += world.decision.expected_dollars;
    explored += world.decision.explored_dollars;
    times += world.decision.reason == Reason::explore;
    dearest = std::max(dearest, world.decision.expected_dollars);
    CHECK(explored <= 0.02 * expected + dearest);
  }
  CHECK(times > 20);
}

TEST_CASE("a host that nobody asked is asked, however slow most of its peers are") {
  World world({{.name = "first", .ttft = 0.3},
               {.name = "slow", .ttft = 5.5},
               {.name = "slower", .ttft = 6},
               {.name = "never asked", .ttft = 0.2}});
  for (int n = 0; n < 60; ++n) {
    world.market.observe(world.answer(n % 3, world.demand()), world.demand(), world.now += 1s);
  }
  world.decide(world.demand());
  const double best = world.decision.verdicts[0].cost.total();
  CHECK(world.decision.verdicts[3].cost.total() > best * (1 + 30 * world.policy.explore));
  CHECK(world.ask_often(300)["never asked"] > 0);
}

TEST_CASE("the purse holds at most thirty usual fillings, and what was overdrawn is paid back") {
  Purse purse;
  for (int i = 0; i < 1'000; ++i) purse.settle({.chosen = 0, .expected_dollars = 1}, 0.02);
  CHECK(purse.dollars() == support::close(0.6));
  purse.settle({.chosen = 0, .explored_dollars = 5, .expected_dollars = 1}, 0.02);
  CHECK(purse.dollars() == support::close(0.6 - 5));
  purse.settle({.expected_dollars = 1}, 0.02);  // nobody was chosen, nothing is spent
  CHECK(purse.dollars() == support::close(0.6 - 5));
  for (int i = 0; i < 220; ++i) purse.settle({.chosen = 0, .expected_dollars = 1}, 0.02);
  CHECK(purse.dollars() == support::within(1e-12, 0));
}

TEST_CASE(
    "what an outage filled the purse with, at the price of a dear stand-in, is gone after some dozens of "
    "requests") {
  Purse purse;
  for (int i = 0; i < 200; ++i) purse.settle({.chosen = 0, .expected_dollars = 0.4}, 0.02);
  CHECK(purse.dollars() == support::close(30 * 0.02 * 0.4));
  for (int i = 0; i < 60; ++i) purse.settle({.chosen = 0, .expected_dollars = 0.02}, 0.02);
  CHECK(purse.dollars() < 2 * 30 * 0.02 * 0.02);
}

TEST_CASE("the purse fills by its share of what was expected, saves up thirty usual fillings, and pays") {
  Purse purse;
  purse.settle({.chosen = 0, .expected_dollars = 10}, 0.5);
  CHECK(purse.dollars() == 5);
  purse.settle({.chosen = 0, .explored_dollars = 0.5, .expected_dollars = 2}, 0.5);
  CHECK(purse.dollars() == 5.5);
  purse.settle({.chosen = 0, .expected_dollars = -3}, 0.5);
  CHECK(purse.dollars() == 5.5);
  // The usual filling follows by a twentieth of the difference.
  double usual = (5 + 0.05 * (1 - 5)) * 0.95;
  for (int i = 0; i < 80; ++i) {
    purse.settle({.chosen = 0, .expected_dollars = 0}, 0.5);
    usual *= 0.95;
  }
  CHECK(30 * usual < 5.5);
  CHECK(purse.dollars() == support::close(30 * usual, 1e-9));
}
