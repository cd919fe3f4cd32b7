// Hosts whose answers became worse: what decisions make of it, where it matters.
#include <doctest/doctest.h>

#include "routing/decision/cost.hpp"
#include "routing/market/predict.hpp"
#include "tests/support/close.hpp"
#include "tests/support/fleet.hpp"
#include "tests/support/policies.hpp"

using namespace std::chrono_literals;
using namespace routing;
using support::World;

namespace {

const std::vector<support::Host> three = {{.name = "cheap", .output_price = 1},
                                          {.name = "middle", .output_price = 1.2},
                                          {.name = "dear", .output_price = 3}};

// Each host gives `many` answers, in which as many calls are broken as are said of it.
void answer(World& world, int many, std::array<double, 3> broken) {
  Demand demand = world.demand();
  demand.needs.set(static_cast<std::size_t>(config::Feature::tools));
  for (int i = 0; i < many; ++i) {
    for (EndpointIndex host = 0; host < 3; ++host) {
      Attempt attempt = world.answer(host, demand);
      const bool breaks = static_cast<int>((i + 1) * broken[host]) > static_cast<int>(i * broken[host]);
      checked(attempt.conduct, Check::tool_arguments) = breaks ? Checked::failed : Checked::passed;
      world.market.observe(attempt, demand, world.now);
    }
    world.now += 1s;
  }
}

World worsened() {
  World world(three);
  answer(world, 1'500, {0.02, 0.02, 0.02});
  answer(world, 500, {0.12, 0.02, 0.02});
  return world;
}

Demand with_tools(const World& world) {
  Demand demand = world.demand();
  demand.needs.set(static_cast<std::size_t>(config::Feature::tools));
  return demand;
}

config::Settings settings_with_tools() {
  config::Settings settings = support::settings_of(three);
  for (config::EndpointSettings& endpoint : settings.models[0].endpoints) endpoint.features.set();
  return settings;
}

Decision decided(World& world, const Policy& policy, const Demand& demand) {
  Decision decision;
  plan(*world.market.snapshot(world.now), policy, demand, {}, world.in_flight, {}, {.now = world.now},
       decision);
  return decision;
}

const Verdict& of(const Decision& decision, EndpointIndex endpoint) {
  return *std::ranges::find(decision.verdicts, endpoint, &Verdict::endpoint);
}

}  // namespace

TEST_CASE("a host whose calls became worse counts dearer for requests with tools, and for no others") {
  World world = worsened();
  const auto snapshot = world.market.snapshot(world.now);
  const Quality& quality = snapshot->endpoints[0].quality;
  CHECK(quality[0].regard == Regard::demoted);
  CHECK(quality[0].failing > 0.05f);
  CHECK(snapshot->endpoints[1].quality[0].regard == Regard::usual);

  Policy policy{.name = {"p"}};
  policy.explore = 0;
  const Decision plain = decided(world, policy, world.demand());
  CHECK(plain.chosen == 0);
  CHECK(of(plain, 0).cost.quality == 0);
  CHECK(std::isnan(of(plain, 0).prediction.quality));

  const Asked asked_for = asked(with_tools(world), nullptr);
  const EndpointState& state = snapshot->endpoints[0];
  const Prediction p = predict(world.catalogue->endpoints()[0], state, asked_for, 0, 0, world.now);
  CHECK(p.is_demoted);
  CHECK(p.quality == support::close(1 - double{quality[0].failing}));
  const Demand tools = with_tools(world);
  const View view{.endpoint = &world.catalogue->endpoints()[0],
                  .prediction = &p,
                  .measured = &state.measured,
                  .demand = &tools};
  const Cost dearer = cost(policy, view, 0);
  CHECK(dearer.quality == support::close(dearer.price + dearer.ttft + dearer.generation));
  policy.demotion = 1;
  CHECK(cost(policy, view, 0).quality == 0);
}

TEST_CASE("others are compared with by their median, whoever is compared, and only where there are two") {
  const auto peers = [](std::array<double, 3> broken, std::size_t host) {
    World world(three);
    answer(world, 300, broken);
    world.now += 1min;
    const auto snapshot = world.market.snapshot(world.now);
    REQUIRE(snapshot->evidence);
    return (*snapshot->evidence)[host].checks[0].peers;
  };
  // Of two the upper one; shares as of a second ago.
  const auto about = [](double share) { return support::close(share, 0.02); };
  CHECK(peers({0.2, 0.4, 0.6}, 0) == about(0.6));
  CHECK(peers({0.2, 0.4, 0.6}, 1) == about(0.6));
  CHECK(peers({0.2, 0.4, 0.6}, 2) == about(0.4));
  World alone({{.name = "cheap", .output_price = 1}, {.name = "middle", .output_price = 1.2}});
  Demand demand = with_tools(alone);
  for (int i = 0; i < 300; ++i) {
    for (EndpointIndex host = 0; host < 2; ++host) {
      Attempt attempt = alone.answer(host, demand);
      checked(attempt.conduct, Check::tool_arguments) = Checked::passed;
      alone.market.observe(attempt, demand, alone.now);
    }
    alone.now += 1s;
  }
  alone.now += 1min;
  CHECK(std::isnan((*alone.market.snapshot(alone.now)->evidence)[0].checks[0].peers));
}

TEST_CASE("a policy can leave out who passes too seldom; what nothing is known of is let in") {
  config::Settings settings = settings_with_tools();
  config::PolicySettings strict = support::policy_named("strict");
  strict.require = {support::text("quality >= 95 %")};
  settings.policies = {strict};
  const Policy policy = *support::compiled_set(settings).find("strict");
  const auto catalogue = std::make_shared<const Catalogue>(settings, 1);
  Market market(catalogue, config::TimePoint{} + 1h);
  Snapshot snapshot = *market.snapshot(config::TimePoint{} + 1h);
  snapshot.endpoints[0].quality[0] = {.failing = 0.12f, .regard = Regard::demoted};
  snapshot.endpoints[1].quality[0] = {.failing = 0.02f, .regard = Regard::usual};
  Demand demand;
  demand.model = catalogue->find("m");
  demand.prompt = {100};
  demand.deadline = config::TimePoint{} + 2h;
  demand.needs.set(static_cast<std::size_t>(config::Feature::tools));
  Decision decision;
  const InFlight none(3);
  plan(snapshot, policy, demand, {}, none, {}, {.now = config::TimePoint{} + 1h}, decision);
  CHECK(of(decision, 0).removal == Removal::policy_require);
  REQUIRE(of(decision, 0).margin);
  CHECK(of(decision, 0).margin->found == support::close(0.88));
  CHECK(of(decision, 1).removal == Removal::none);
  CHECK(of(decision, 2).removal == Removal::none);  // nothing is known of it

  demand.needs.reset();
  plan(snapshot, policy, demand, {}, none, {}, {.now = config::TimePoint{} + 1h}, decision);
  CHECK(of(decision, 0).removal == Removal::none);
}

TEST_CASE("what was found is published with its evidence, and kept over a restart") {
  World world = worsened();
  const auto seen = world.market.snapshot(world.now);
  REQUIRE(seen->evidence);
  const CheckEvidence& found = (*seen->evidence)[0].checks[0];
  CHECK(found.regard == Regard::demoted);
  CHECK(found.passed + found.failed == 2'000);
  CHECK(found.peers == support::close(0.02, 0.3));
  CHECK(found.since > config::TimePoint{});

  const config::TimePoint elsewhere = config::TimePoint{} + 70h;
  Market after(world.catalogue, elsewhere);
  CHECK(after.recall(world.market.memory(world.now), 1min, elsewhere) == 3);
  const auto recalled = after.snapshot(elsewhere);
  CHECK(recalled->endpoints[0].quality[0].regard == Regard::demoted);
  CHECK(recalled->endpoints[0].quality[0].failing ==
        support::close(seen->endpoints[0].quality[0].failing, 0.02));
  REQUIRE(recalled->evidence);
  CHECK((*recalled->evidence)[0].checks[0].passed == found.passed);
}
