// What engines say of themselves, as the market takes it and decisions use it.
#include <doctest/doctest.h>

#include "routing/market/market.hpp"
#include "routing/replay/state_words.hpp"
#include "tests/support/close.hpp"
#include "tests/support/fleet.hpp"

using namespace std::chrono_literals;
using namespace routing;
using support::World;

namespace {

const Verdict& verdict_of(const Decision& decision, EndpointIndex endpoint) {
  return *std::ranges::find(decision.verdicts, endpoint, &Verdict::endpoint);
}

// Three alike, of which the first one costs a little less.
World three() {
  World world({{.name = "a", .output_price = 1.9}, {.name = "b"}, {.name = "c"}});
  world.policy.explore = 0;
  for (int i = 0; i < 30; ++i) {
    for (EndpointIndex each = 0; each < 3; ++each) {
      const Demand demand = world.demand();
      world.market.observe(world.answer(each, demand), demand, world.now);
    }
    world.now += 1s;
  }
  return world;
}

}  // namespace

TEST_CASE("an engine full of others' requests is avoided, and asked again once they are gone") {
  World world = three();
  CHECK(world.decide(world.demand()).chosen == world.index("a"));
  for (int look = 0; look < 3; ++look) {
    world.market.hears(0, {.running = 8, .waiting = 20}, 0, world.now);
    world.now += 1s;
  }
  CHECK(world.decide(world.demand()).chosen != world.index("a"));
  const Prediction& full = verdict_of(world.decision, 0).prediction;
  CHECK(full.wait > 5);  // twelve turns or so at what an ordinary request takes there
  CHECK(full.at_once == support::close(8));

  world.market.hears(0, {.running = 0, .waiting = 0}, 0, world.now);
  CHECK(world.decide(world.demand()).chosen == world.index("a"));
}

TEST_CASE("what an engine runs is not held against it while nobody waits") {
  World world = three();
  for (int look = 0; look < 10; ++look) world.market.hears(0, {.running = 30, .waiting = 0}, 0, world.now);
  world.decide(world.demand());
  CHECK(verdict_of(world.decision, 0).prediction.wait < 0.5);
}

TEST_CASE("our own requests at an engine are not counted twice") {
  World world = three();
  world.market.hears(0, {.running = 5, .waiting = 0}, 5, world.now);
  CHECK(world.market.snapshot(world.now)->endpoints[0].engine.others == 0);
  world.market.hears(0, {.running = 5, .waiting = 2}, 4, world.now);
  CHECK(world.market.snapshot(world.now)->endpoints[0].engine.others == 3);
}

TEST_CASE("an engine that says it is not ready is asked by nobody, even where nobody else is left") {
  World world({{.name = "only"}});
  world.market.hears(0, {.is_ready = false}, 0, world.now);
  CHECK(world.market.flipped());
  CHECK(!world.decide(world.demand()).chosen);
  CHECK(verdict_of(world.decision, 0).removal == Removal::not_ready);
  CHECK(world.decision.earliest == world.now + 1s);

  world.market.hears(0, {.is_ready = true}, 0, world.now);
  CHECK(world.market.flipped());
  CHECK(world.decide(world.demand()).chosen == EndpointIndex{0});
}

TEST_CASE("the number of slots that an engine has is taken from what it says") {
  World world = three();
  for (int look = 0; look < 3; ++look) world.market.hears(1, {.running = 1, .slots = 4}, 0, world.now);
  CHECK(world.market.snapshot(world.now)->endpoints[1].speed.slots.median() == support::close(4));
}

TEST_CASE("what an engine says of itself counts before it was ever asked") {
  World world({{.name = "a", .output_price = 1.9}, {.name = "b"}});
  world.policy.explore = 0;
  CHECK(world.decide(world.demand()).chosen == world.index("a"));
  for (int look = 0; look < 5; ++look) {
    world.market.hears(0, {.running = 8, .waiting = 40}, 0, world.now);
    world.now += 1s;
    world.market.snapshot(world.now);
  }
  CHECK(world.decide(world.demand()).chosen == world.index("b"));
}

TEST_CASE("a look that says what the last one said is no news") {
  World world = three();
  CHECK(world.market.hears(0, {.running = 3, .waiting = 0}, 0, world.now));
  CHECK(!world.market.hears(0, {.running = 3, .waiting = 0}, 0, world.now));
}

TEST_CASE("what decisions read of an engine is kept for a replay") {
  EndpointState state;
  state.engine = {.is_ready = false, .others = 7};
  const EndpointState again = state_of(words_of(state));
  CHECK(!again.engine.is_ready);
  CHECK(again.engine.others == 7);
}
