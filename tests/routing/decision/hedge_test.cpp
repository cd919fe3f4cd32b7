#include "routing/decision/hedge.hpp"

#include <doctest/doctest.h>

#include "tests/support/close.hpp"
#include "tests/support/fleet.hpp"

namespace {

using support::Host;

struct Asked {
  support::World world{{Host{.name = "first", .ttft = 0.5}, Host{.name = "second", .ttft = 0.6}}};
  routing::Demand demand = world.demand();

  Asked() {
    for (routing::EndpointIndex i = 0; i < 2; ++i) {
      for (int n = 0; n < 30; ++n) {
        world.market.observe(world.answer(i, demand), demand, world.now += std::chrono::seconds(1));
      }
    }
  }
  std::optional<config::Duration> wait() {
    return routing::hedge_after(world.decide(demand), world.policy, demand, *world.catalogue);
  }
};

TEST_CASE("the second request waits at least for the first one's p95 and the price of a duplicate") {
  Asked asked;
  asked.world.policy.value_of_ttft = 60.0 / 3600;
  const auto cheap = asked.wait();
  REQUIRE(cheap);
  CHECK(*cheap > support::seconds(0.5));
  CHECK(*cheap < support::seconds(3));
  // The same duplicate bought with an hour that is worth less has to save more of it.
  asked.world.policy.value_of_ttft = 1.0 / 3600;
  const auto dear = asked.wait();
  REQUIRE(dear);
  CHECK(*dear > 3 * *cheap);
}

TEST_CASE("there is no hedge where it cannot pay or must not be") {
  SUBCASE("time is worth nothing") {
    Asked asked;
    asked.world.policy.value_of_ttft = 0;
    CHECK(!asked.wait());
  }
  SUBCASE("the policy has no budget for it") {
    Asked asked;
    asked.world.policy.hedge_budget = 0;
    CHECK(!asked.wait());
  }
  SUBCASE("tools that its host runs may have effects; those that the client runs it runs once") {
    Asked asked;
    const routing::Decision decision = asked.world.decide(asked.demand);
    asked.demand.needs.set(static_cast<std::size_t>(config::Feature::tools));
    CHECK(routing::hedge_after(decision, asked.world.policy, asked.demand, *asked.world.catalogue));
    asked.demand.host_runs_tools = true;
    CHECK(!routing::hedge_after(decision, asked.world.policy, asked.demand, *asked.world.catalogue));
  }
  SUBCASE("nobody else is there") {
    support::World alone({Host{.name = "only"}});
    const routing::Demand demand = alone.demand();
    CHECK(!routing::hedge_after(alone.decide(demand), alone.policy, demand, *alone.catalogue));
  }
  SUBCASE("two fifths of the hosts are shut") {
    Asked asked;
    routing::Decision decision = asked.world.decide(asked.demand);
    decision.verdicts.push_back({.endpoint = 0, .removal = routing::Removal::open});
    decision.verdicts.push_back({.endpoint = 0, .removal = routing::Removal::cooling});
    CHECK(!routing::hedge_after(decision, asked.world.policy, asked.demand, *asked.world.catalogue));
  }
}

TEST_CASE("hedges are a share of requests and save up for a few only") {
  routing::HedgeBudget budget;
  int taken = 0;
  for (int i = 0; i < 1000; ++i) {
    budget.count_request(0.05);
    taken += budget.take() ? 1 : 0;
  }
  CHECK(taken == support::close(51, 0.03));
  for (int i = 0; i < 1000; ++i) budget.count_request(0.05);
  taken = 0;
  while (budget.take()) ++taken;
  CHECK(taken == 5);
}

TEST_CASE("a hedge that was not sent is given back, and saves up for no more than others") {
  routing::HedgeBudget budget;
  REQUIRE(budget.take());
  REQUIRE_FALSE(budget.take());
  budget.give_back();
  CHECK(budget.take());
  for (int i = 0; i < 10; ++i) budget.give_back();
  int taken = 0;
  while (budget.take()) ++taken;
  CHECK(taken == 5);
}

TEST_CASE("nobody is asked beside the first who is the first, or is only tried") {
  routing::Decision decision;
  CHECK(!routing::second_to(0, decision));
  decision.chosen = 1;
  CHECK(routing::second_to(0, decision) == 1u);
  CHECK(!routing::second_to(1, decision));
  decision.trials_allowed = 1;
  CHECK(!routing::second_to(0, decision));
}

}  // namespace
