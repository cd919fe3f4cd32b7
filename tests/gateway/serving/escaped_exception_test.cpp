// What the gateway itself broke off: nothing of it may be lost, and the client is told.
#include <doctest/doctest.h>

#include "tests/support/world.hpp"

using namespace std::chrono_literals;
using namespace support;
using gateway::Ending;
using routing::FailureKind;

TEST_CASE("a request that an exception breaks off is recorded with all that was known of it") {
  ServedWorld world;
  world.script(ServedWorld::cheap, fails(FailureKind::connect));
  Script broken;
  broken.throws = true;
  world.script(ServedWorld::middle, broken);
  world.ask();
  world.advance(5s);
  REQUIRE(world.ended());
  CHECK(world.client.status == 503);
  CHECK(world.client.body.find("out_of_memory") != std::string::npos);
  CHECK(world.client.fields.find("Retry-After") != std::string::npos);
  CHECK(world.record().shed == gateway::Shed::memory);
  CHECK(world.record().id == world.request->id);
  CHECK(world.record().error == "out_of_memory");
  CHECK(world.record().ending == Ending::refused);
  REQUIRE(world.record().attempts.size() == 2);
  CHECK(world.record().attempts[0].failure->kind == FailureKind::connect);
  CHECK(world.record().attempts[1].failure->kind == FailureKind::local);
  CHECK(world.open() == 0);
  CHECK(world.in_flight() == 0);
}

TEST_CASE("a stream that an exception breaks off ends with one error event") {
  ServedWorld world;
  Script broken = pieces({{{}, role() + says("Hel")}});
  broken.throws = true;
  world.script(ServedWorld::cheap, broken);
  world.ask();
  world.advance(5s);
  REQUIRE(world.ended());
  CHECK(world.client.status == 200);
  CHECK(world.client.body.find("Hel") != std::string::npos);
  CHECK(world.client.body.find("out_of_memory") != std::string::npos);
  CHECK(world.client.body.find("[DONE]") == std::string::npos);
  CHECK(world.record().ending == Ending::broken);
  CHECK(world.open() == 0);
}

TEST_CASE("what breaks off behind the client's last byte ends nothing a second time") {
  ServedWorld world;
  Script broken = stream("Hello");
  broken.throws = true;
  world.script(ServedWorld::cheap, broken);
  world.ask();
  world.advance(5s);
  REQUIRE(world.ended());
  CHECK(world.client.status == 200);
  CHECK(world.client.body.find("out_of_memory") == std::string::npos);
  CHECK(world.client.body.ends_with("data: [DONE]\n\n"));
  CHECK(world.client.ends == 1);
  CHECK(world.record().ending == Ending::answered);
  CHECK(world.record().shed == gateway::Shed::none);
  CHECK(world.open() == 0);
}
