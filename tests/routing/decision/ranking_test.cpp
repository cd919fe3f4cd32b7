#include <doctest/doctest.h>

#include <cmath>

#include "tests/support/trial.hpp"

using namespace routing;
using support::text;
using support::Trial;

TEST_CASE("whose cost cannot be told comes after whoever's can, in the order of the configuration") {
  config::PolicySettings settings = support::policy_named("own");
  settings.minimize = text("1 $/s * ttft.p50");
  Trial trial(settings);
  CHECK(trial.ranking() == "maker cloud alpine shade");
  const Demand asked = trial.demand();
  for (int i = 0; i < 20; ++i) {
    trial.market.observe(trial.answer(trial.index("alpine"), asked), asked, trial.now += support::seconds(1));
  }
  CHECK(trial.ranking() == "alpine maker cloud shade");
}

TEST_CASE("who was let in by giving up a limit is not shown with the limit that kept it out before") {
  config::PolicySettings settings = support::policy_named("own");
  settings.require = {text("price.output <= 0.1 $/Mtok")};
  settings.relax = {text("price.output")};
  Trial trial(settings);
  CHECK(trial.chosen() == "shade");
  for (const Verdict& verdict : trial.decision.verdicts) {
    CHECK(verdict.removal == Removal::none);
    CHECK(verdict.rule == -1);
    CHECK(verdict.missed_by == 0);
    CHECK(!verdict.margin);
  }
}

TEST_CASE("costs that are no numbers stand last wherever they come among those that are") {
  support::World world(
      {{.name = "odd"}, {.name = "dear", .output_price = 9}, {.name = "strange"}, {.name = "cheap"}});
  world.policy.explore = 0;
  Snapshot snapshot = *world.market.snapshot(world.now);
  for (const EndpointIndex i : {0u, 2u}) snapshot.endpoints[i].speed.ttft.level = unknown;
  plan(snapshot, world.policy, world.demand(), {}, world.in_flight, world.purse, {world.now, 1},
       world.decision);
  REQUIRE(std::isnan(world.decision.verdicts[0].cost.total()));
  CHECK(world.decision.order == std::vector<std::uint32_t>{3, 1, 0, 2});
  CHECK(world.decision.chosen == EndpointIndex{3});
}
