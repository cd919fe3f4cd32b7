// What a client gets whose request a host rejects, where other models may answer it: over HTTP.
#include <doctest/doctest.h>

#include "gateway/record_file/logged_request.hpp"
#include "routing/replay/stage.hpp"
#include "tests/support/reloading_door.hpp"

using namespace std::chrono_literals;
using namespace support;

namespace {

// "m" at "cheap" and "middle", "n" at "dear", and "any" of the two.
const std::string two_models = R"(
providers:
  cheap: {base_url: "http://127.0.0.1:9/v1"}
  middle: {base_url: "http://127.0.0.1:9/v1"}
  dear: {base_url: "http://127.0.0.1:9/v1"}
models:
  m:
    endpoints:
      - {provider: cheap, host_model: theirs, context: 64 ktok, price: {input: 0.01 $/Mtok, output: 0.01 $/Mtok}}
      - {provider: middle, host_model: theirs, context: 64 ktok, price: {input: 0.1 $/Mtok, output: 0.1 $/Mtok}}
  n:
    endpoints:
      - {provider: dear, host_model: theirs, context: 64 ktok, price: {input: 90 $/Mtok, output: 90 $/Mtok}}
routes:
  any: [{model: m}, {model: n}]
default_policy: steady
policies:
  steady: {extends: balanced, explore: 0 %}
)";

std::string asks_for(const std::string& members) {
  return "{" + members + R"(,"messages":[{"role":"user","content":"Hi"}]})";
}

struct World : ReloadingDoor {
  World() : ReloadingDoor(two_models) {
    door.world.services.counted = std::make_unique<routing::InFlight>(3);
    door.world.script(ServedWorld::cheap, refuses(400, R"({"error":{"message":"seed is not known"}})"));
    door.world.script(ServedWorld::middle, document(whole_answer));
    door.world.script(ServedWorld::dear, document(whole_answer));
  }

  std::string reply_to(const std::string& body) {
    Peer& client = door.connect();
    client.send(post(body, "Connection: close\r\n"));
    door.world.loop.until([&] { return times_asked(ServedWorld::cheap) == 1; });
    door.world.advance(1s);  // the pause between attempts
    return client.read_to_end();
  }
  std::size_t times_asked(ServedWorld::Host host) { return door.world.host(host).requests.size(); }
};

bool contains(const std::string& text, std::string_view part) {
  return text.find(part) != std::string::npos;
}

}  // namespace

TEST_CASE(
    "a request that a host rejects goes to the models it may fall back to, past that model's other hosts") {
  for (const std::string model : {R"("model":"m","models":["n"])", R"("model":"any")"}) {
    CAPTURE(model);
    World world;
    const std::string reply = world.reply_to(asks_for(model));
    CHECK(contains(reply, "HTTP/1.1 200"));
    CHECK(contains(reply, "x-isocost-endpoint: dear\r\n"));
    CHECK(contains(reply, "x-isocost-attempts: 2\r\n"));
    CHECK(world.times_asked(ServedWorld::cheap) == 1);
    CHECK(world.times_asked(ServedWorld::middle) == 0);
    CHECK(world.times_asked(ServedWorld::dear) == 1);
  }
}

TEST_CASE("with no other model left the client gets the rejection, in the host's words") {
  World world;
  std::string body, status = "HTTP/1.1 400";
  SUBCASE("none was named") {
    body = asks_for(R"("model":"m")");
  }
  SUBCASE("nobody may answer for the one that was") {
    body = asks_for(R"("model":"m","models":["n"],"provider":{"ignore":["dear"]})");
  }
  SUBCASE("that one rejects it too") {
    status = "HTTP/1.1 422";
    world.door.world.host(ServedWorld::dear).forget();
    world.door.world.script(ServedWorld::dear, refuses(422, R"({"error":{"message":"seed is not known"}})"));
    body = asks_for(R"("model":"m","models":["n"])");
  }
  const std::string reply = world.reply_to(body);
  CHECK(contains(reply, status));
  CHECK(contains(reply, "seed is not known"));
  CHECK(contains(reply, "rejected_by_provider"));
  CHECK(contains(reply, "x-should-retry: false"));
  CHECK(world.times_asked(ServedWorld::middle) == 0);
}

TEST_CASE("what was decided after a rejection comes out the same from its record") {
  World world;
  world.reply_to(asks_for(R"("model":"m","models":["n"])"));
  REQUIRE(world.door.records().size() == 1);
  const auto request = gateway::logged_request(to_bytes(logged(*world.door.records()[0])));
  REQUIRE(request);
  REQUIRE(request->decisions.size() == 2);
  const gateway::Generation& generation = *world.door.world.generation;
  routing::Stage stage(generation.catalogue);
  stage.show(request->decisions[0].snapshot, world.door.world.services.snapshot->endpoints);
  for (const routing::LoggedDecision& decided : request->decisions) {
    const routing::Decision& again =
        stage.decide(request->demand, decided, std::span(request->attempts).first(decided.tried),
                     *generation.policies.find(request->policy));
    CHECK(difference(decided, again) == routing::Difference::none);
  }
  CHECK(generation.catalogue->endpoints()[*request->decisions[1].chosen].settings->name.text == "dear");
}
