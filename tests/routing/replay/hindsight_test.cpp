#include "routing/replay/hindsight.hpp"

#include <doctest/doctest.h>

#include "tests/support/close.hpp"
#include "tests/support/fleet.hpp"

using namespace routing;
using namespace std::chrono_literals;
using support::Host;
using support::World;

namespace {

// Two hosts of one price; which one is quicker is the test's.
struct Judging {
  explicit Judging(double near, double far)
      : world({{.name = "near", .ttft = near}, {.name = "far", .ttft = far}}) {
    world.policy.value_of_ttft = world.policy.value_of_generation = 18.0 / 3600;
  }

  void learn(const std::string& name, int times) {
    for (int i = 0; i < times; ++i) {
      world.market.observe(world.answer(world.index(name), world.demand()), world.demand(), world.now);
      world.now += 1s;
    }
  }
  // As the gateway logs it.
  LoggedDecision decided(const Demand& demand, const std::string& chosen) {
    world.decide(demand);
    LoggedDecision log;
    log.length = world.decision.length;
    note(world.decision, log.seen_of);
    log.chosen = world.index(chosen);
    return log;
  }
  std::optional<Hindsight> judged(const LoggedDecision& decision, const Attempt* answer = nullptr) {
    return in_hindsight(*world.market.seen(world.now), world.policy, world.demand(), decision, answer,
                        world.now);
  }

  World world;
};

}  // namespace

TEST_CASE("a choice is dearer by what the quicker host would have saved, as it is known afterwards") {
  Judging judging(2, 0.5);
  judging.learn("near", 30);
  judging.learn("far", 30);
  const LoggedDecision decision = judging.decided(judging.world.demand(), "near");
  const auto seen = judging.judged(decision);
  REQUIRE(seen);
  CHECK(seen->best == judging.world.index("far"));
  CHECK(seen->others == 1);
  // 1.5 s of 18 $/h, the tail's factor included.
  CHECK(seen->regret() == support::close(1.5 * 1.15 * 18 / 3600, 0.2));
  CHECK(seen->sd > 0);
  CHECK(seen->sd < seen->regret());
}

TEST_CASE("the best choice has no regret, and says before whom") {
  Judging judging(2, 0.5);
  judging.learn("near", 30);
  judging.learn("far", 30);
  const auto seen = judging.judged(judging.decided(judging.world.demand(), "far"));
  REQUIRE(seen);
  CHECK(seen->regret() == 0);
  CHECK(seen->best == judging.world.index("near"));
  CHECK(seen->best_cost > seen->chosen_cost);
}

TEST_CASE("what is measured after the decision decides") {
  Judging judging(2, 0.5);
  judging.learn("near", 5);
  judging.learn("far", 5);
  const LoggedDecision decision = judging.decided(judging.world.demand(), "far");
  CHECK(judging.judged(decision)->regret() == 0);
  judging.world.host("far").ttft = 20;
  judging.learn("far", 20);
  CHECK(judging.judged(decision)->regret() > 0);
}

TEST_CASE("a host of which nothing was measured is no better choice, nor is one that was left out") {
  Judging judging(2, 0.5);
  judging.learn("near", 20);
  CHECK(!judging.judged(judging.decided(judging.world.demand(), "near")));
  judging.learn("far", 20);
  LoggedDecision decision = judging.decided(judging.world.demand(), "near");
  for (SeenVerdict& seen : decision.seen_of) {
    if (seen.endpoint == judging.world.index("far"))
      seen.removal = static_cast<std::uint8_t>(Removal::policy_allow);
  }
  CHECK(!judging.judged(decision));
}

TEST_CASE("the less is known of the hosts, the wider is what may be wrong") {
  Judging little(2, 0.5), much(2, 0.5);
  little.learn("near", 1), little.learn("far", 1);
  much.learn("near", 40), much.learn("far", 40);
  const auto first = little.judged(little.decided(little.world.demand(), "near"));
  const auto second = much.judged(much.decided(much.world.demand(), "near"));
  REQUIRE(first);
  REQUIRE(second);
  CHECK(first->sd > 1.5 * second->sd);
}

TEST_CASE("a long answer is judged as long as it was") {
  Judging judging(0.5, 0.5);
  judging.world.host("far").rate = 20;
  judging.learn("near", 30), judging.learn("far", 30);
  const LoggedDecision decision = judging.decided(judging.world.demand(), "far");
  Attempt answer = judging.world.answer(judging.world.index("far"), judging.world.demand());
  const auto usual = judging.judged(decision, &answer);
  answer.usage->output.count *= 10;
  const auto longer = judging.judged(decision, &answer);
  REQUIRE(usual);
  REQUIRE(longer);
  CHECK(longer->regret() > 5 * usual->regret());
}

TEST_CASE("load counts as it was when the decision was taken") {
  Judging judging(0.5, 0.5);
  judging.learn("near", 30), judging.learn("far", 30);
  LoggedDecision decision = judging.decided(judging.world.demand(), "near");
  const double idle = judging.judged(decision)->chosen_cost;
  decision.under_way.push_back({.endpoint = judging.world.index("near"), .count = 30, .trials = 0});
  CHECK(judging.judged(decision)->chosen_cost > idle);
}
