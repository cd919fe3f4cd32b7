// How long a host may take over a reply that shows nothing before it is whole, and over the reason it
// refuses.
#include <doctest/doctest.h>

#include "tests/support/world.hpp"

using namespace std::chrono_literals;
using namespace support;
using gateway::Ending;
using routing::FailureKind;

namespace {

// What is known after many answers of about 400 tokens, from hosts that do 60 tokens a second.
void make_known(ServedWorld& world) {
  routing::Snapshot snapshot = *world.services.snapshot;
  auto lengths = std::make_shared<routing::LengthTable>();
  routing::Demand demand;
  demand.model = world.generation->catalogue->find("m");
  for (const std::uint64_t hash : routing::length_keys(demand).hashes) {
    lengths->set(hash, {.output = 400, .reasoning = 0, .log_output = 5.9, .replies = 100});
  }
  snapshot.lengths = lengths;
  for (auto& endpoint : snapshot.endpoints) {
    for (int i = 0; i < 50; ++i) {
      endpoint.speed.observe_first_delta({}, config::Seconds(0.5));
      endpoint.speed.observe_stream({}, 400, config::Seconds(400 / 60.0));
    }
  }
  world.services.snapshot = std::make_shared<const routing::Snapshot>(snapshot);
}

void check_second_host_answered(ServedWorld& world, FailureKind first) {
  REQUIRE(world.ended());
  CHECK(world.client.status == 200);
  CHECK(world.client.body == whole_answer);
  CHECK(world.client.has("x-isocost-endpoint: middle\r\n"));
  REQUIRE(world.record().attempts.size() == 2);
  REQUIRE(world.record().attempts[0].failure);
  CHECK(world.record().attempts[0].failure->kind == first);
  CHECK(world.open() == 0);
}

Script silent() {
  return fails(FailureKind::connect, 1h);
}

}  // namespace

TEST_CASE("a host that says nothing is left for another when an answer like this one would have come") {
  ServedWorld world;
  make_known(world);
  world.script(ServedWorld::cheap, silent());
  world.script(ServedWorld::middle, document(whole_answer));
  world.ask_whole();
  world.advance(10s);  // half of all answers are there by 7 s
  CHECK(!world.ended());
  world.advance(30s);
  check_second_host_answered(world, FailureKind::first_token_timeout);
}

TEST_CASE("a host that sends a head, or blank lines, and no answer is left for another, too") {
  for (const bool blank : {false, true}) {
    CAPTURE(blank);
    ServedWorld world;
    make_known(world);
    Script script = document("");
    script.body.clear();
    for (int i = 0; blank && i < 1'000; ++i) script.body.push_back({1s, "\n"});
    script.body.push_back({1h, whole_answer});
    world.script(ServedWorld::cheap, script);
    world.script(ServedWorld::middle, document(whole_answer));
    world.ask_whole();
    world.advance(40s);
    check_second_host_answered(world, FailureKind::first_token_timeout);
  }
}

TEST_CASE("a host that stops in the middle of a whole reply is left for another after the liveness limit") {
  ServedWorld world;
  Script script = document(whole_answer.substr(0, 40));
  script.body.push_back({10s, whole_answer.substr(40, 10)});
  script.body.push_back({1h, whole_answer.substr(50)});
  world.script(ServedWorld::cheap, script);
  world.script(ServedWorld::middle, document(whole_answer));
  world.ask_whole();
  world.advance(39s);
  CHECK(!world.ended());
  world.advance(2s);
  check_second_host_answered(world, FailureKind::stalled_stream);
}

TEST_CASE("a whole reply that comes slowly but steadily is waited for until the deadline") {
  std::vector<Script::Step> body{{1s, whole_answer.substr(0, 50)}};
  for (int i = 0; i < 200; ++i) body.push_back({20s, " "});
  const auto when_complete = [&](int steps) {
    std::vector<Script::Step> cut(body.begin(), body.begin() + steps);
    cut.push_back({1s, whole_answer.substr(50)});
    return pieces(cut);
  };
  ServedWorld world;
  make_known(world);
  SUBCASE("in time") {
    Script script = when_complete(20);
    script.head.content = providers::ContentKind::json;
    world.script(ServedWorld::cheap, script);
    world.ask_whole();
    world.advance(390s);
    REQUIRE(world.ended());
    CHECK(world.record().attempts.size() == 1);
    CHECK(world.record().ending == Ending::answered);
  }
  SUBCASE("too late") {
    Script script = when_complete(200);
    script.head.content = providers::ContentKind::json;
    world.script(ServedWorld::cheap, script);
    world.ask_whole();
    world.advance(601s);
    REQUIRE(world.ended());
    CHECK(world.client.status == 504);
    CHECK(world.record().attempts[0].failure->kind == FailureKind::deadline);
  }
}

TEST_CASE("the reason of a refusal is waited for two seconds, and what is known of it by then counts") {
  for (const bool streamed : {true, false}) {
    CAPTURE(streamed);
    ServedWorld world;
    Script script = refuses(503, R"({"error":{"message":"bu)");
    script.body.push_back({1h, R"(sy"}})"});
    world.script(ServedWorld::cheap, script);
    world.script(ServedWorld::middle, streamed ? stream("Hello") : document(whole_answer));
    streamed ? world.ask() : world.ask_whole();
    world.advance(1'900ms);
    CHECK(world.host(ServedWorld::middle).requests.empty());
    world.advance(300ms);
    REQUIRE(world.ended());
    CHECK(world.client.status == 200);
    REQUIRE(world.record().attempts.size() == 2);
    CHECK(world.record().attempts[0].failure->kind == FailureKind::overloaded);
    CHECK(world.record().attempts[0].failure->status == 503);
    CHECK(world.host(ServedWorld::cheap).aborted == 1);
  }
}

TEST_CASE("a request that outwaited one host gives the next one more time") {
  ServedWorld world;
  make_known(world);
  Script slow = document(whole_answer);
  slow.head_after = 60s;  // a longer answer than any before
  world.script(ServedWorld::cheap, slow);
  world.script(ServedWorld::middle, slow);
  world.ask_whole();
  world.advance(100s);
  check_second_host_answered(world, FailureKind::first_token_timeout);
}

TEST_CASE("a host that is the only one is given more time") {
  config::Settings settings = three_prices();
  settings.models[0].endpoints.resize(1);
  ServedWorld world(settings);
  make_known(world);
  Script slow = document(whole_answer);
  slow.head_after = 60s;
  world.script(ServedWorld::cheap, slow);
  world.ask_whole();
  world.advance(60s);
  REQUIRE(world.ended());
  CHECK(world.client.body == whole_answer);
}

TEST_CASE("no host is waited for beyond the request's deadline") {
  ServedWorld world;
  for (const ServedWorld::Host host : {ServedWorld::cheap, ServedWorld::middle, ServedWorld::dear})
    world.script(host, silent());
  world.ask_whole();
  world.request->demand.deadline = world.loop.timer.now() + 300s;
  world.advance(301s);
  REQUIRE(world.ended());
  CHECK(world.client.status == 504);
  CHECK(world.open() == 0);
}
