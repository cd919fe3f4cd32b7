// Connections are wanted ahead at the hosts that are asked, and at those that take over.
#include "gateway/serving/standby.hpp"

#include <doctest/doctest.h>

#include "tests/support/world.hpp"

using namespace std::chrono_literals;
using namespace support;

namespace {

Script answers() {
  return pieces({{10ms, role() + says("hello")}, {10ms, stop() + usage_event() + done}});
}

}  // namespace

TEST_CASE("after a decision its host and the next best one are to be ready, and no other") {
  ServedWorld world;
  world.script(ServedWorld::cheap, answers());
  world.ask();
  world.advance(1s);
  REQUIRE(world.ended());
  CHECK(world.host(ServedWorld::cheap).readied == 1);
  CHECK(world.host(ServedWorld::middle).readied == 1);
  CHECK(world.host(ServedWorld::dear).readied == 0);
}

TEST_CASE("decisions that follow each other closely are looked at once") {
  ServedWorld world;
  world.script(ServedWorld::cheap, answers());
  world.ask();
  const config::TimePoint now = world.loop.timer.now();
  keep_ready(world.services, *world.services.hosts, now + 50ms);
  CHECK(world.host(ServedWorld::cheap).readied == 1);
  keep_ready(world.services, *world.services.hosts, now + 101ms);
  CHECK(world.host(ServedWorld::cheap).readied == 2);
  world.advance(1s);
}
