#include <doctest/doctest.h>

#include "tests/support/allocations.hpp"
#include "tests/support/fleet.hpp"
#include "tests/support/policies.hpp"

using namespace std::chrono_literals;

TEST_CASE("deciding does not allocate once the decision has held as many candidates") {
  std::vector<support::Host> hosts;
  for (int i = 0; i < 30; ++i)
    hosts.push_back({.name = "host" + std::to_string(i), .output_price = 2 + 0.01 * i});
  support::World world(hosts);
  world.ask_often(100);
  routing::Demand demand = world.demand();
  for (std::uint64_t i = 1; i < 20; ++i) demand.prefix_blocks.push_back(i);
  world.market.observe(world.answer(3, demand), demand, world.now);
  const auto snapshot = world.market.snapshot(world.now);
  const routing::Attempt tried{.endpoint = 1, .generation = 1, .failure = routing::Failure{}};
  std::uint64_t seed = 0;
  const auto decide = [&](std::span<const routing::Attempt> attempts) {
    routing::plan(*snapshot, world.policy, demand, attempts, world.in_flight, world.purse,
                  {world.now, ++seed}, world.decision);
  };
  decide({});
  const long before = support::allocations;
  for (int i = 0; i < 1'000; ++i) decide({});
  for (int i = 0; i < 1'000; ++i) decide(std::span(&tried, 1));
  CHECK(support::allocations == before);
}

TEST_CASE("deciding under a policy of ten expressions and a request's preferences does not allocate") {
  std::vector<support::Host> hosts;
  for (int i = 0; i < 30; ++i) hosts.push_back({.name = "host" + std::to_string(i), .jurisdiction = "US"});
  support::World world(hosts);
  world.policy = support::compiled(support::ten_expressions());
  world.policy =
      routing::overlaid(world.policy, std::make_shared<const routing::Overlay>(routing::ProviderPreferences{
                                          .ignore = {"host7"}, .max_price = {.completion = 9}}));
  world.ask_often(50);
  const routing::Demand demand = world.demand();
  const auto snapshot = world.market.snapshot(world.now);
  const auto decide = [&](std::uint64_t seed) {
    routing::plan(*snapshot, world.policy, demand, {}, world.in_flight, world.purse, {world.now, seed},
                  world.decision);
  };
  decide(0);
  const long before = support::allocations;
  for (std::uint64_t seed = 1; seed <= 1'000; ++seed) decide(seed);
  CHECK(support::allocations == before);
  CHECK(world.decision.chosen.has_value());
}
