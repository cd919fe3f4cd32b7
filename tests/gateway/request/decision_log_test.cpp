#include "gateway/request/decision_log.hpp"

#include <doctest/doctest.h>

#include <set>

#include "tests/support/three_hosts.hpp"

using namespace routing;

namespace {

// What a decision on this request may read is copied, and what of it is not zero is noted.
struct Frozen {
  std::shared_ptr<const Catalogue> catalogue;
  InFlight counted;
  InFlight frozen;
  LoggedDecision log;

  explicit Frozen(config::Settings settings)
      : catalogue(tests::catalogue_of(std::move(settings))),
        counted(catalogue->endpoints().size()),
        frozen(catalogue->endpoints().size()) {
    for (EndpointIndex i = 0; i < catalogue->endpoints().size(); ++i) {
      counted.counter(i) = static_cast<int>(i) + 1;
      frozen.counter(i) = 99;
    }
  }
  void freeze(const Demand& demand) { gateway::freeze(counted, *catalogue, demand, frozen, log); }
  std::vector<int> counts() const {
    std::vector<int> result;
    for (EndpointIndex i = 0; i < catalogue->endpoints().size(); ++i) result.push_back(frozen.at(i));
    return result;
  }
  std::set<EndpointIndex> noted() const {
    std::set<EndpointIndex> result;
    for (const UnderWay& each : log.under_way) {
      result.insert(each.endpoint);
      CHECK(each.count == counted.at(each.endpoint));
      CHECK(each.trials == counted.trials_at(each.endpoint));
    }
    return result;
  }
};

}  // namespace

TEST_CASE("of what is under way that is copied which the request's models may read, and no more") {
  Frozen world(tests::three_hosts());  // three hosts of one model, one of another
  Demand demand;
  demand.model = world.catalogue->find("deepseek-r1");
  world.counted.counter(1) = 0;
  world.counted.trials(2) = 5;
  world.freeze(demand);
  CHECK(world.counts() == std::vector<int>{1, 0, 3, 99});
  CHECK(world.frozen.trials_at(2) == 5);
  CHECK(world.frozen.trials_at(0) == 0);
  CHECK(world.noted() == std::set<EndpointIndex>{0, 2});
}

TEST_CASE("a trial alone is noted, too") {
  Frozen world(tests::three_hosts());
  Demand demand;
  demand.model = world.catalogue->find("meta/llama");
  world.counted.counter(3) = 0;
  world.freeze(demand);
  CHECK(world.noted().empty());
  world.counted.trials(3) = 1;
  world.freeze(demand);
  CHECK(world.noted() == std::set<EndpointIndex>{3});
}

TEST_CASE(
    "where a provider has a limit all that is under way there is copied, and models to fall back to count") {
  config::Settings settings = tests::three_hosts();
  settings.providers[2].limits.max_in_flight = 9;  // of the third host and of the other model
  Demand demand;
  Frozen limited(settings);
  demand.model = limited.catalogue->find("deepseek-r1");
  limited.freeze(demand);
  CHECK(limited.counts() == std::vector<int>{1, 2, 3, 4});

  Frozen fallback(tests::three_hosts());
  demand.model = fallback.catalogue->find("meta/llama");
  demand.fallbacks = {fallback.catalogue->find("deepseek-r1")};
  fallback.freeze(demand);
  CHECK(fallback.counts() == std::vector<int>{1, 2, 3, 4});

  Frozen nothing(tests::three_hosts());
  nothing.freeze(Demand{});
  CHECK(nothing.counts() == std::vector<int>{99, 99, 99, 99});
}

TEST_CASE("what was decided is noted with the blocks that each host had seen, and their tokens where known") {
  Decision decision;
  decision.snapshot = 4;
  decision.seed = 5;
  decision.length.output = 600;
  decision.chosen = 2;
  decision.reason = Reason::explore;
  decision.propensity = 0.25;
  decision.expected_dollars = 0.5;
  decision.explored_dollars = 0.125;
  decision.verdicts = {{.endpoint = 1}, {.endpoint = 2}};
  decision.verdicts[1].cached_blocks = 2;
  Demand demand;
  demand.prefix_blocks = {7, 8, 9};
  LoggedDecision equal, sized;
  gateway::note(decision, demand, equal);
  CHECK(equal.snapshot == 4);
  CHECK(equal.seed == 5);
  CHECK(equal.length.output == 600);
  CHECK(equal.chosen == EndpointIndex{2});
  CHECK(equal.reason == Reason::explore);
  CHECK(equal.propensity == 0.25);
  CHECK(equal.expected_dollars == 0.5);
  CHECK(equal.explored_dollars == 0.125);
  REQUIRE(equal.seen.size() == 1);
  CHECK(equal.seen[0].endpoint == 2);
  CHECK(equal.seen[0].blocks == 2);
  CHECK(equal.seen[0].tokens == 0);
  demand.prefix_tokens = {100, 250, 300};
  gateway::note(decision, demand, sized);
  REQUIRE(sized.seen.size() == 1);
  CHECK(sized.seen[0].tokens == 250);
}
