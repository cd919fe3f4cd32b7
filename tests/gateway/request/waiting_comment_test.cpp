// What a client that waits long for a stream is sent meanwhile, and what that commits the gateway to.
#include <doctest/doctest.h>

#include "tests/support/world.hpp"

using namespace std::chrono_literals;
using namespace support;
using gateway::Ending;
using routing::FailureKind;

namespace {

const std::string comment = ": isocost waiting\n\n";

std::size_t times(const std::string& text, std::string_view part) {
  std::size_t count = 0;
  for (std::size_t at = text.find(part); at != std::string::npos; at = text.find(part, at + 1)) ++count;
  return count;
}

}  // namespace

TEST_CASE("a client that waits for a stream gets a comment after a while, and again, then the answer") {
  ServedWorld world;
  world.script(ServedWorld::cheap, stream("Hello", 40s));
  world.ask();
  world.advance(15s - 1ms);
  CHECK(world.client.replies == 0);
  world.advance(1ms);
  CHECK(world.client.replies == 1);
  CHECK(world.client.status == 200);
  CHECK(world.client.content_type.starts_with("text/event-stream"));
  CHECK(world.client.body == comment);
  // Who will answer is not known yet.
  CHECK(world.client.has("x-request-id: "));
  CHECK(world.client.has("x-isocost-policy: balanced\r\n"));
  CHECK(world.client.has("Cache-Control: no-cache\r\n"));
  CHECK(!world.client.has("x-isocost-endpoint"));
  CHECK(!world.client.has("x-isocost-model"));
  CHECK(!world.client.has("x-isocost-attempts"));
  CHECK(!world.client.has("x-isocost-decision"));
  world.advance(15s);
  CHECK(world.client.body == comment + comment);
  world.advance(10s);
  REQUIRE(world.ended());
  CHECK(world.client.replies == 1);
  CHECK(world.client.body == comment + comment + role() + says("Hello") + stop() + done);
  CHECK(world.record().ending == Ending::answered);
  CHECK(world.record().until_first_byte == 40s);
}

TEST_CASE("a comment commits to a status, not to a host: another one can still answer") {
  ServedWorld world;
  Script late = refuses(500);
  late.head_after = 20s;
  world.script(ServedWorld::cheap, late);
  world.script(ServedWorld::middle, pieces({{{}, role()}, {{}, FailureKind::broken_stream}}));
  world.script(ServedWorld::dear, stream("Hello"));
  world.ask();
  world.advance(15s);
  CHECK(world.client.body == comment);
  world.advance(6s);
  REQUIRE(world.ended());
  CHECK(world.client.replies == 1);
  CHECK(world.client.body == comment + role() + says("Hello") + stop() + done);
  CHECK(world.record().attempts.size() == 3);
  CHECK(world.record().attempts[0].failure->progress == routing::Progress::request_sent);
  CHECK(world.record().attempts[1].failure->progress == routing::Progress::request_sent);
  CHECK(world.record().ending == Ending::answered);
}

TEST_CASE("when all fail after a comment, the error comes as one event, and no [DONE]") {
  ServedWorld world;
  Script late = refuses(500);
  late.head_after = 20s;
  world.script(ServedWorld::cheap, late);
  world.script(ServedWorld::middle, refuses(503));
  world.script(ServedWorld::dear, refuses(500));
  world.ask();
  world.advance(30s);
  REQUIRE(world.ended());
  CHECK(world.client.replies == 1);
  CHECK(world.client.status == 200);
  CHECK(world.client.ends == 1);
  CHECK(world.client.body.starts_with(comment + "data: {"));
  CHECK(times(world.client.body, R"("error":)") == 1);
  CHECK(times(world.client.body, "data: ") == 1);
  CHECK(world.record().ending == Ending::broken);
  CHECK(world.record().status == 200);
  CHECK(world.record().error == "provider_error");
}

TEST_CASE("a client that leaves while it has only comments ends the attempt") {
  ServedWorld world;
  world.script(ServedWorld::cheap, stream("Hello", 1h));
  world.ask();
  world.advance(16s);
  world.leave();
  REQUIRE(world.ended());
  CHECK(world.record().ending == Ending::client_left);
  CHECK(world.record().attempts[0].failure->progress == routing::Progress::request_sent);
  const std::string before = world.client.body;
  world.advance(1min);
  CHECK(world.client.body == before);
}

TEST_CASE("a host's own comments are passed on once the client has a head, and not before") {
  ServedWorld world;
  const std::string theirs = ": THEIRS PROCESSING\n\n";
  world.script(ServedWorld::cheap, pieces({{10s, theirs},
                                           {10s, theirs},
                                           {1s, role() + says("Hel")},
                                           {1s, theirs},
                                           {1s, says("lo")},
                                           {{}, stop() + done}}));
  world.ask();
  world.advance(10s);
  CHECK(world.client.replies == 0);
  world.advance(10s);
  CHECK(world.client.body == comment + theirs);
  world.advance(3s);
  REQUIRE(world.ended());
  CHECK(world.client.body == comment + theirs + role() + says("Hel") + theirs + says("lo") + stop() + done);
  CHECK(world.record().attempts[0].first_delta == 21s);
}

TEST_CASE("a host's comment that is no mere sign of life is not passed on") {
  ServedWorld world;
  const std::string large = ": " + std::string(2'000, 'x') + "\n\n";
  world.script(ServedWorld::cheap, pieces({{{}, says("a")}, {1s, large + stop() + done}}));
  world.ask();
  world.advance(1s);
  REQUIRE(world.ended());
  CHECK(world.client.body == says("a") + stop() + done);
}

TEST_CASE("what a client is told of the decision comes behind the comments") {
  ServedWorld world;
  world.script(ServedWorld::cheap, stream("Hello", 20s));
  world.ask(R"(,"debug":true)");
  world.advance(20s);
  REQUIRE(world.ended());
  CHECK(world.client.body.starts_with(comment + "data: {"));
  CHECK(world.client.body.find(R"("isocost":{)") < world.client.body.find("Hello"));
}

TEST_CASE("no comments come in a stream that has begun, for a whole reply, or where they are off") {
  config::Settings settings = three_prices();
  SUBCASE("begun") {
    ServedWorld world(settings);
    world.script(ServedWorld::cheap, pieces({{{}, says("a")}, {29s, says("b")}, {20s, stop() + done}}));
    world.ask();
    world.advance(49s);
    REQUIRE(world.ended());
    CHECK(world.client.body == says("a") + says("b") + stop() + done);
  }
  SUBCASE("whole") {
    ServedWorld world(settings);
    Script slow = document(whole_answer);
    slow.head_after = 20s;
    world.script(ServedWorld::cheap, slow);
    world.ask_whole();
    world.advance(20s);
    REQUIRE(world.ended());
    CHECK(world.client.body == whole_answer);
  }
  SUBCASE("off") {
    settings.limits.comment_after = 0ms;
    ServedWorld world(settings);
    world.script(ServedWorld::cheap, stream("Hello", 100s));
    world.ask();
    world.advance(99s);
    CHECK(world.client.replies == 0);
    world.advance(1s);
    CHECK(world.ended());
  }
  SUBCASE("another time") {
    settings.limits.comment_after = 2s;
    ServedWorld world(settings);
    world.script(ServedWorld::cheap, stream("Hello", 5s));
    world.ask();
    world.advance(5s);
    REQUIRE(world.ended());
    CHECK(world.client.body == comment + comment + role() + says("Hello") + stop() + done);
  }
}

TEST_CASE("a client that stopped reading within its stream is sent no comments") {
  ServedWorld world;
  world.script(ServedWorld::cheap, stream("Hello"));
  world.client.holds = true;
  world.ask();
  world.advance(1min);
  world.client.release();
  world.loop.settle();
  REQUIRE(world.ended());
  CHECK(world.client.body == role() + says("Hello") + stop() + done);
}
