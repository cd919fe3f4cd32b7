// The decision beside the answer: whatever is told of it, nothing of the answer is lost.
#include "gateway/request/echo.hpp"

#include <doctest/doctest.h>

#include "tests/support/world.hpp"

using namespace std::chrono_literals;
using namespace support;

TEST_CASE(
    "a stream that begins with the decision goes on with all that the host said, the first of it as well") {
  ServedWorld world;
  world.script(ServedWorld::cheap, stream("Hello", 1s));
  world.ask(R"(,"debug":true)");
  world.advance(1s);
  REQUIRE(world.ended());
  const std::string& body = world.client.body;
  const std::string answer = role() + says("Hello") + stop() + done;
  REQUIRE(body.size() > answer.size());
  CHECK(body.ends_with("}\n\n" + answer));
  CHECK(body.starts_with("data: {\"id\":"));
  CHECK(body.find("\"choices\":[],\"isocost\":{") != std::string::npos);
  CHECK(body.find("\"isocost\":", body.find("\"isocost\":") + 1) == std::string::npos);
  CHECK(world.client.status == 200);
}

TEST_CASE("a whole answer with the decision in it is the answer in all else") {
  ServedWorld world;
  world.script(ServedWorld::cheap, document(whole_answer));
  world.ask_whole(R"(,"debug":true)");
  REQUIRE(world.ended());
  CHECK(world.client.body.starts_with("{\"isocost\":{"));
  CHECK(world.client.body.ends_with("," + whole_answer.substr(1)));
}

TEST_CASE("members are put at the beginning of an object, with a comma where others follow") {
  CHECK(gateway::spliced(R"({"a":1})", R"("b":2)") == R"({"b":2,"a":1})");
  CHECK(gateway::spliced("{ \t\r\n\"a\":1}", R"("b":2)") == "{\"b\":2, \t\r\n\"a\":1}");
  CHECK(gateway::spliced("{}", R"("b":2)") == R"({"b":2})");
  CHECK(gateway::spliced(" { } ", R"("b":2)") == R"( {"b":2 } )");
  CHECK(gateway::spliced("{", R"("b":2)") == R"({"b":2)");
}
