#include "routing/replay/shadow.hpp"

#include <doctest/doctest.h>

#include "routing/replay/stage.hpp"
#include "tests/support/close.hpp"
#include "tests/support/fleet.hpp"

using namespace routing;
using namespace std::chrono_literals;
using support::World;
using What = ShadowFinding::What;

namespace {

// One host is quick and dear, the other slow and cheap; the policy in force pays for time.
struct Comparing {
  Comparing()
      : world({{.name = "quick", .input_price = 5, .output_price = 20, .ttft = 0.4},
               {.name = "cheap", .input_price = 0.1, .output_price = 0.4, .ttft = 4}}) {
    world.policy.value_of_ttft = world.policy.value_of_generation = 36.0 / 3600;
    world.policy.explore = 0;
    other = world.policy;
    for (int i = 0; i < 30; ++i) {
      for (const char* name : {"quick", "cheap"}) {
        world.market.observe(world.answer(world.index(name), world.demand()), world.demand(), world.now);
        world.now += 1s;
      }
    }
  }

  // Decided, and logged as the gateway does.
  void decide() {
    demand = world.demand();
    then = *world.market.snapshot(world.now);
    world.decide(demand);
    log = {};
    log.now = world.now;
    log.seed = 1;
    log.purse = world.purse.dollars();
    log.length = world.decision.length;
    log.chosen = world.decision.chosen;
    log.not_kept = note(world.decision, log.seen_of);
  }
  std::optional<ShadowFinding> compare() {
    Stage stage(world.catalogue);
    stage.show(then.version, then.endpoints);
    const Decision& decision = stage.decide(demand, log, other, log.money);
    chosen = decision.chosen;
    return compared(decision, world.policy, *world.market.seen(world.now), demand, log, nullptr, world.now);
  }

  World world;
  Policy other;
  Demand demand;
  Snapshot then;
  LoggedDecision log;
  std::optional<EndpointIndex> chosen;
};

}  // namespace

TEST_CASE("a policy that chooses the same adds nothing") {
  Comparing comparing;
  comparing.decide();
  const auto found = comparing.compare();
  REQUIRE(found);
  CHECK(comparing.chosen == comparing.log.chosen);
  CHECK(found->what == What::judged);
  CHECK(found->moved == support::within(1e-6, 0));
  CHECK(found->cost == support::within(1e-9, 0));
}

TEST_CASE("one that does not pay for time saves dollars and costs seconds, and more at the values in force") {
  Comparing comparing;
  comparing.other.value_of_ttft = comparing.other.value_of_generation = 0;
  comparing.decide();
  REQUIRE(comparing.log.chosen == comparing.world.index("quick"));
  const auto found = comparing.compare();
  REQUIRE(found);
  CHECK(comparing.chosen == comparing.world.index("cheap"));
  CHECK(found->moved == support::close(1));
  CHECK(found->dollars < 0);
  CHECK(found->seconds > 2);
  CHECK(found->cost > 0);
  // 3.6 s more until the first token, and what the rest takes more or less; a cent is saved.
  CHECK(found->cost == support::close((found->seconds + 0.15 * 3.6) * 36 / 3600 + found->dollars, 0.03));
}

TEST_CASE("what a demoted host counts, the policy in force says for both") {
  Comparing comparing;
  const EndpointIndex quick = comparing.world.index("quick");
  // Every second before the first token is worth so much that the demoted host is still the best one.
  comparing.world.policy.value_of_ttft = 360.0 / 3600;
  comparing.decide();
  for (CheckedShare& check : comparing.then.endpoints[quick].quality) check.regard = Regard::demoted;
  Stage stage(comparing.world.catalogue);
  stage.show(comparing.then.version, comparing.then.endpoints);
  const Decision& decision =
      stage.decide(comparing.demand, comparing.log, comparing.world.policy, comparing.log.money);
  comparing.log.seen_of.clear();
  comparing.log.not_kept = note(decision, comparing.log.seen_of);
  comparing.log.chosen = decision.chosen;
  REQUIRE(comparing.log.chosen == quick);
  REQUIRE((comparing.log.seen_of[quick].flags & SeenVerdict::is_demoted) != 0);
  Policy mild = comparing.world.policy, patient = comparing.world.policy;
  mild.demotion = 1;
  patient.value_of_ttft /= 2;
  for (const Policy& shadow : {mild, patient}) {
    comparing.other = shadow;
    const auto found = comparing.compare();
    REQUIRE(found);
    CHECK(comparing.chosen == quick);
    CHECK(found->moved == support::within(1e-6, 0));
    CHECK(found->cost == support::within(1e-9, 0));
  }
}

TEST_CASE("what is measured after the decision decides which was better") {
  Comparing comparing;
  comparing.other.value_of_ttft = comparing.other.value_of_generation = 0;
  comparing.decide();
  comparing.world.host("quick").ttft = 30;
  for (int i = 0; i < 30; ++i) {
    World& world = comparing.world;
    world.market.observe(world.answer(world.index("quick"), world.demand()), world.demand(), world.now);
    world.now += 1s;
  }
  const auto found = comparing.compare();
  REQUIRE(found);
  CHECK(found->cost < 0);
  CHECK(found->seconds < 0);
}

TEST_CASE("whom the policy in force never allows is said, and judged by nobody") {
  Comparing comparing;
  comparing.other.value_of_ttft = comparing.other.value_of_generation = 0;
  comparing.decide();
  for (const Removal removal : {Removal::policy_allow, Removal::always}) {
    for (SeenVerdict& seen : comparing.log.seen_of) {
      if (seen.endpoint == comparing.world.index("cheap")) seen.removal = static_cast<std::uint8_t>(removal);
    }
    CHECK(comparing.compare()->what == What::forbidden);
  }
}

TEST_CASE("a policy that would leave nobody says so, and a host that nobody knows is no better one") {
  Comparing comparing;
  comparing.decide();
  comparing.log.withdrawn = {0, 1};
  CHECK(comparing.compare()->what == What::unserved);

  World fresh({{.name = "known"}, {.name = "new", .input_price = 0.001, .output_price = 0.001}});
  fresh.policy.explore = 0;
  Decision would_be;
  LoggedDecision log;
  const Demand demand = fresh.demand();
  for (int i = 0; i < 10; ++i) {
    fresh.market.observe(fresh.answer(0, demand), demand, fresh.now);
    fresh.now += 1s;
  }
  would_be = fresh.decide(demand);
  REQUIRE(would_be.chosen);
  log.length = would_be.length;
  note(would_be, log.seen_of);
  log.chosen = 0;
  for (Verdict& verdict : would_be.verdicts) verdict.propensity = verdict.endpoint == 1 ? 1 : 0;
  would_be.chosen = 1;
  const auto found =
      compared(would_be, fresh.policy, *fresh.market.seen(fresh.now), demand, log, nullptr, fresh.now);
  REQUIRE(found);
  CHECK(found->what == What::unmeasured);
}

TEST_CASE("without a choice, or where not all that could be chosen is kept, there is nothing to compare") {
  Comparing comparing;
  comparing.decide();
  comparing.log.not_kept = 1;
  CHECK(!comparing.compare());
  comparing.log.not_kept = 0;
  comparing.log.chosen.reset();
  CHECK(!comparing.compare());
}
