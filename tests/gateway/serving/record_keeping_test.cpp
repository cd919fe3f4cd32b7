#include "gateway/serving/record_keeping.hpp"

#include <doctest/doctest.h>

#include "tests/support/policies.hpp"
#include "tests/support/world.hpp"

using namespace std::chrono_literals;
using namespace support;
using gateway::Ending;

namespace {

// "cheap" alone meets the limit; a first step lets "middle" in, a second "dear".
std::shared_ptr<const gateway::Generation> limited_and_relaxed() {
  config::PolicySettings settings = policy_named("limited");
  settings.require = {text("price.output <= 1 $/Mtok")};
  settings.relax = {text("price.output <= 50 $/Mtok"), text("price.output <= 100 $/Mtok")};
  routing::Policy policy = compiled(settings);
  policy.explore = 0;
  return std::make_shared<const gateway::Generation>(tests::catalogue_of(three_prices()),
                                                     routing::PolicySet({policy}, {}, 0));
}

}  // namespace

TEST_CASE("a stream whose host told no usage is billed by an estimate, and the record says that it is one") {
  ServedWorld world;
  world.script(ServedWorld::cheap,
               pieces({{{}, role() + says("Hel") + says("lo") + says("!") + stop() + done}}));
  world.ask();
  REQUIRE(world.ended());
  REQUIRE(world.record().attempts.size() == 1);
  const routing::Attempt& attempt = world.record().attempts[0];
  CHECK(attempt.usage_is_estimated);
  REQUIRE(attempt.usage);
  CHECK(attempt.usage->prompt == world.record().prompt_estimate);
  CHECK(attempt.usage->prompt.count > 0);
  CHECK(attempt.usage->output.count == 3);
  // A hundredth of a dollar for a million tokens either way.
  CHECK(attempt.cost.nanos == 10 * (attempt.usage->prompt.count + 3));
}

TEST_CASE("a whole reply without usage is billed for its prompt, as an estimate") {
  ServedWorld world;
  world.script(ServedWorld::cheap, document(R"({"choices":[{"index":0,"message":{"role":"assistant",)"
                                            R"("content":"Hello"},"finish_reason":"stop"}]})"));
  world.ask_whole();
  REQUIRE(world.ended());
  const routing::Attempt& attempt = world.record().attempts.at(0);
  CHECK(attempt.usage_is_estimated);
  CHECK(attempt.cost.nanos >= 10 * world.record().prompt_estimate.count);
}

TEST_CASE("an attempt that showed nothing costs nothing") {
  ServedWorld world;
  world.script(ServedWorld::cheap, refuses(500));
  world.script(ServedWorld::middle, stream("Hello"));
  world.ask();
  world.advance(1s);
  REQUIRE(world.ended());
  REQUIRE(world.record().attempts.size() == 2);
  CHECK(!world.record().attempts[0].usage);
  CHECK(world.record().attempts[0].cost.nanos == 0);
  CHECK(world.record().attempts[1].cost.nanos == 40'000 * 18);
}

TEST_CASE("the record has the most steps of `relax` that any attempt took") {
  ServedWorld world(limited_and_relaxed());
  world.script(ServedWorld::cheap, stream("Hello"));
  world.ask();
  REQUIRE(world.ended());
  CHECK(world.record().relaxed == 0);

  ServedWorld once(limited_and_relaxed());
  once.script(ServedWorld::cheap, refuses(500));
  once.script(ServedWorld::middle, stream("Hello"));
  once.ask();
  once.advance(1s);
  REQUIRE(once.ended());
  CHECK(once.record().ending == Ending::answered);
  CHECK(once.record().relaxed == 1);

  ServedWorld twice(limited_and_relaxed());
  twice.script(ServedWorld::cheap, refuses(500));
  twice.script(ServedWorld::middle, refuses(500));
  twice.script(ServedWorld::dear, stream("Hello"));
  twice.ask();
  twice.advance(1s);
  REQUIRE(twice.ended());
  CHECK(twice.record().ending == Ending::answered);
  CHECK(twice.record().relaxed == 2);
}
