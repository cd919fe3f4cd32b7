#include "routing/decision/pacing.hpp"

#include <doctest/doctest.h>

#include <cmath>

#include "routing/decision/cost.hpp"
#include "tests/support/close.hpp"
#include "tests/support/fleet.hpp"

using routing::dearest_money;
using routing::money_counts;
using namespace std::chrono_literals;

TEST_CASE("within the day's plan money counts as it is") {
  CHECK(money_counts(40, 0, 0) == 1);
  CHECK(money_counts(40, 0.8, 0) == 1);  // half an hour's worth is in hand
  CHECK(money_counts(40, 10, 0.5) == 1);
  CHECK(money_counts(40, 19, 0.5) == 1);
  CHECK(money_counts(40, 38, 1) == 1);
}

TEST_CASE("beyond it money counts more, smoothly, and at most ten times") {
  double before = 1;
  for (double spent = 0; spent < 80; spent += 0.01) {
    const double money = money_counts(40, spent, 0.5);
    CHECK(money >= before);
    CHECK(money <= before * 1.02);  // no step
    before = money;
  }
  CHECK(before == dearest_money);
  CHECK(money_counts(40, 40, 0.9) == support::close(dearest_money, 0.2));
  CHECK(money_counts(40, 1'000, 1) == dearest_money);
}

TEST_CASE("time alone brings it back") {
  CHECK(money_counts(40, 21, 0.5) > 1);
  CHECK(money_counts(40, 21, 0.6) == 1);
}

TEST_CASE("no budget and no numbers change nothing") {
  CHECK(money_counts(0, 10, 0.5) == 1);
  CHECK(money_counts(-1, 10, 0.5) == 1);
  CHECK(money_counts(std::nan(""), 10, 0.5) == 1);
  CHECK(money_counts(40, std::nan(""), 0.5) == 1);
  CHECK(money_counts(40, 10, 7) == 1);
}

TEST_CASE("where money counts more the cheaper host is preferred, and the price in the cost says how much") {
  support::World world({{.name = "dear", .output_price = 9, .ttft = 0.2, .rate = 200},
                        {.name = "cheap", .output_price = 2, .ttft = 0.9, .rate = 30}});
  for (int i = 0; i < 40; ++i, world.now += 1s) {
    const auto asked = world.demand();
    world.market.observe(world.answer(i % 2, asked), asked, world.now);
  }
  world.policy.explore = 0;
  const auto demand = world.demand();
  const auto price_of = [&](std::size_t i) { return world.decision.verdicts[i].cost.price; };
  world.decide(demand);
  const std::size_t before = *world.decision.chosen;
  const double price = price_of(0);
  world.money = 10;
  world.decide(demand);
  CHECK(*world.decision.chosen == before);  // of a policy that has no budget
  CHECK(world.decision.money == 1);
  world.policy.budget = 40;
  world.decide(demand);
  CHECK(before == 0);
  CHECK(*world.decision.chosen == 1);
  CHECK(price_of(0) == support::close(10 * price));
  CHECK(world.decision.verdicts[0].prediction.price == support::close(price));
  CHECK(world.decision.money == 10);
}
