// A second request beside a host that is slow to begin: who wins, who is given up, what it costs and what is
// told.
#include <doctest/doctest.h>

#include "gateway/record_file/logged_request.hpp"
#include "tests/support/policies.hpp"
#include "tests/support/world.hpp"

using namespace std::chrono_literals;
using namespace support;
using gateway::Ending;
using routing::FailureKind;
using routing::Reason;

namespace {

// Waiting is worth so much that a second request pays after a silence of some seconds.
routing::PolicySet hedging(double budget) {
  routing::Policy policy{.name = {"balanced"}};
  policy.value_of_ttft = 1;
  policy.explore = 0;
  policy.hedge_budget = budget;
  return routing::PolicySet({policy}, {}, 0);
}

std::shared_ptr<const gateway::Generation> made_generation(double budget = 1) {
  config::Settings settings = three_prices();
  for (auto& endpoint : settings.models[0].endpoints)
    endpoint.features.set(static_cast<std::size_t>(config::Feature::tools));
  return std::make_shared<const gateway::Generation>(tests::catalogue_of(settings), hedging(budget));
}

struct HedgingWorld : ServedWorld {
  explicit HedgingWorld(double budget = 1) : ServedWorld(made_generation(budget)) { make_well_known(*this); }
};

Script says_after(config::Duration wait, const std::string& text) {
  return pieces({{wait, role() + says(text)}, {100ms, stop() + usage_event() + done}});
}

}  // namespace

TEST_CASE("a host that is slow to begin gets a second one beside it, and the first to say something wins") {
  HedgingWorld world;
  world.script(ServedWorld::cheap, says_after(60s, "slow"));
  world.script(ServedWorld::middle, says_after(200ms, "quick"));
  world.ask();
  world.advance(20s);
  REQUIRE(world.ended());
  CHECK(world.record().ending == Ending::answered);
  CHECK(world.client.body.find("quick") != std::string::npos);
  CHECK(world.client.body.find("slow") == std::string::npos);
  CHECK(world.client.has("x-isocost-endpoint: middle\r\n"));
  CHECK(world.client.has("x-isocost-attempts: 2\r\n"));
  CHECK(world.client.has("x-isocost-hedge: won\r\n"));
  REQUIRE(world.record().attempts.size() == 2);
  const routing::Attempt& outrun = world.record().attempts[0];
  REQUIRE(outrun.failure);
  CHECK(outrun.failure->kind == FailureKind::outrun);
  CHECK(outrun.failure->progress == routing::Progress::request_sent);
  CHECK_FALSE(world.record().attempts[1].failure);
  CHECK(world.record().attempts.at(1).reason == Reason::hedge);
  CHECK(world.open() == 0);
  CHECK(world.in_flight() == 0);
}

TEST_CASE("where the first one wins after all, the second is given up at once") {
  HedgingWorld world;
  world.script(ServedWorld::cheap, says_after(6s, "first"));
  world.script(ServedWorld::middle, says_after(60s, "second"));
  world.ask();
  world.advance(5s);
  CHECK(world.open() == 2);
  world.advance(1s + 1ms);
  CHECK(world.open() == 1);  // the loser's exchange is gone while the winner goes on
  world.advance(10s);
  REQUIRE(world.ended());
  CHECK(world.client.body.find("first") != std::string::npos);
  CHECK(world.client.has("x-isocost-endpoint: cheap\r\n"));
  CHECK(world.client.has("x-isocost-hedge: lost\r\n"));
  CHECK(world.client.has("x-isocost-attempts: 2\r\n"));
  CHECK(world.record().ending == Ending::answered);
  REQUIRE(world.record().attempts.size() == 2);
  CHECK_FALSE(world.record().attempts[0].failure);
  CHECK(world.record().attempts[1].failure->kind == FailureKind::outrun);
}

TEST_CASE("a client that got nobody's answer is not told that the second one won") {
  config::Settings two = three_prices();
  two.models.at(0).endpoints.pop_back();
  ServedWorld world(
      std::make_shared<const gateway::Generation>(tests::catalogue_of(std::move(two)), hedging(1)));
  make_well_known(world);
  world.script(ServedWorld::cheap, pieces({{5s, FailureKind::broken_stream}}));
  world.script(ServedWorld::middle, pieces({{4s, FailureKind::broken_stream}}));
  world.ask();
  world.advance(60s);
  REQUIRE(world.ended());
  CHECK(world.record().ending == Ending::refused);
  CHECK(world.record().attempts.at(1).reason == Reason::hedge);
  CHECK(world.client.has("x-isocost-hedge: lost\r\n"));
}

TEST_CASE("the loser costs its prompt, and its answer too where leaving does not end the bill") {
  for (const bool stops : {true, false}) {
    CAPTURE(stops);
    config::Settings settings = three_prices();
    for (auto& provider : settings.providers) provider.cancel_stops_billing = stops;
    ServedWorld world(
        std::make_shared<const gateway::Generation>(tests::catalogue_of(std::move(settings)), hedging(1)));
    make_well_known(world);
    world.script(ServedWorld::cheap, says_after(60s, "slow"));
    world.script(ServedWorld::middle, says_after(200ms, "quick"));
    world.ask();
    world.advance(20s);
    REQUIRE(world.ended());
    const routing::Attempt& outrun = world.record().attempts.at(0);
    const std::int64_t prompt =
        world.record().demand.prompt.count * 10;  // nano-dollars, at a cent for a million
    CHECK((outrun.cost.nanos == prompt) == stops);
    CHECK(outrun.cost.nanos >= prompt);
    CHECK_FALSE(outrun.usage);  // nothing to learn from
  }
}

TEST_CASE("a host that was outrun before it sent as much as a head costs its prompt as well") {
  HedgingWorld world;
  world.script(ServedWorld::cheap, fails(FailureKind::reset_before_reply, 60s));
  world.script(ServedWorld::middle, says_after(200ms, "quick"));
  world.ask();
  world.advance(20s);
  REQUIRE(world.ended());
  const routing::Attempt& outrun = world.record().attempts.at(0);
  REQUIRE(outrun.failure);
  CHECK(outrun.failure->kind == FailureKind::outrun);
  CHECK(outrun.cost.nanos >= world.record().demand.prompt.count * 10);
}

TEST_CASE("what an outrun host showed is that it was silent, not that it failed") {
  HedgingWorld world;
  world.script(ServedWorld::cheap, says_after(60s, "slow"));
  world.script(ServedWorld::middle, says_after(200ms, "quick"));
  world.ask();
  world.advance(20s);
  REQUIRE(world.ended());
  world.advance(1s);
  const auto ended = std::ranges::count_if(world.sightings, [](const gateway::Sighting& sighting) {
    return sighting.what == gateway::Sighting::What::ends && sighting.attempt.failure &&
           sighting.attempt.failure->kind == FailureKind::outrun;
  });
  CHECK(ended == 1);
}

TEST_CASE("one that is about to be given up still has all that it sends") {
  // When the second is asked, to the nanosecond: it is the same each time.
  config::Duration beside{};
  {
    HedgingWorld world;
    const config::TimePoint start = world.loop.timer.now();
    world.script(ServedWorld::cheap, says_after(60s, "slow"));
    world.script(ServedWorld::middle, says_after(200ms, "quick"));
    world.ask();
    world.advance(20s);
    beside = world.host(ServedWorld::middle).asked_at.at(0) - start;
  }
  HedgingWorld world;
  Script late = says_after(60s, "slow");
  late.connects_after =
      beside + 200ms + 500us;  // the winner has spoken, and its words have gone to the client
  world.script(ServedWorld::cheap, late);
  world.script(ServedWorld::middle, says_after(200ms, "quick"));
  world.ask();
  world.advance(20s);
  REQUIRE(world.ended());
  REQUIRE(world.host(ServedWorld::cheap).requests.size() == 1);
  CHECK(world.host(ServedWorld::cheap).requests[0].find(R"("content":"Hi")") != std::string::npos);
  CHECK(world.record().attempts.at(0).failure->kind == FailureKind::outrun);
}

TEST_CASE("a second request saves one whose first host fails meanwhile, and both failing go on to a third") {
  HedgingWorld world;
  SUBCASE("it is saved") {
    world.script(ServedWorld::cheap, pieces({{5s, FailureKind::broken_stream}}));
    world.script(ServedWorld::middle, says_after(9s, "saved"));
    world.ask();
    world.advance(30s);
    REQUIRE(world.ended());
    CHECK(world.client.body.find("saved") != std::string::npos);
    REQUIRE(world.record().attempts.size() == 2);
    CHECK(world.record().attempts[0].failure->kind != FailureKind::outrun);
    CHECK(world.client.has("x-isocost-hedge: won\r\n"));
  }
  SUBCASE("both fail") {
    world.script(ServedWorld::cheap, pieces({{5s, FailureKind::broken_stream}}));
    world.script(ServedWorld::middle, pieces({{4s, FailureKind::broken_stream}}));
    world.script(ServedWorld::dear, says_after(100ms, "third"));
    world.ask();
    world.advance(60s);
    REQUIRE(world.ended());
    CHECK(world.client.body.find("third") != std::string::npos);
    CHECK(world.record().attempts.size() == 3);
    CHECK(world.client.has("x-isocost-attempts: 3\r\n"));
    CHECK(world.client.has("x-isocost-hedge: lost\r\n"));
  }
}

TEST_CASE(
    "where the second one fails while the first answers, that answer is the end: no third host is asked") {
  HedgingWorld world;
  world.script(ServedWorld::cheap, says_after(9s, "first"));
  world.script(ServedWorld::middle, refuses(503));
  world.script(ServedWorld::dear, says_after(1s, "third"));
  world.ask();
  world.advance(60s);
  REQUIRE(world.ended());
  CHECK(world.record().ending == Ending::answered);
  REQUIRE(world.record().attempts.size() == 2);
  CHECK_FALSE(world.record().attempts[0].failure);
  CHECK(world.record().attempts[1].failure->kind == FailureKind::overloaded);
  CHECK(&routing::deciding_one(world.record().attempts) == &world.record().attempts[0]);
  CHECK(world.client.has("x-isocost-endpoint: cheap\r\n"));
  CHECK(world.client.body.find("first") != std::string::npos);
  CHECK(world.client.body.find("third") == std::string::npos);
  CHECK(world.open() == 0);
  CHECK(world.in_flight() == 0);
}

TEST_CASE("without a budget nobody is asked twice, and a budget is a share of requests") {
  SUBCASE("none") {
    HedgingWorld world(0);
    world.script(ServedWorld::cheap, says_after(9s, "slow"));
    world.ask();
    world.advance(40s);
    REQUIRE(world.ended());
    CHECK(world.record().attempts.size() == 1);
    CHECK(world.client.body.find("slow") != std::string::npos);
    CHECK_FALSE(world.client.has("x-isocost-hedge"));
  }
  SUBCASE("a tenth: one at the begin, the next after ten requests") {
    HedgingWorld world(0.1);
    CHECK(world.services.hedges.take());
    world.script(ServedWorld::cheap, says_after(9s, "slow"));
    world.script(ServedWorld::middle, says_after(200ms, "quick"));
    world.ask();
    world.advance(40s);
    REQUIRE(world.ended());
    CHECK(world.record().attempts.size() == 1);
    CHECK(world.host(ServedWorld::middle).requests.empty());
  }
}

TEST_CASE("where tools are the client's to run another host is asked, too") {
  HedgingWorld world;
  world.script(ServedWorld::middle, says_after(200ms, "quick"));
  world.script(ServedWorld::cheap, says_after(8s, "slow"));
  world.ask(R"(,"tools":[{"type":"function","function":{"name":"f"}}])");
  world.advance(30s);
  REQUIRE(world.ended());
  CHECK(world.client.body.find("quick") != std::string::npos);
  CHECK(world.host(ServedWorld::middle).requests.size() == 1);
}

TEST_CASE(
    "a whole reply has no first token to wait for, and tools at a host may have effects: neither is asked "
    "twice") {
  HedgingWorld world;
  world.script(ServedWorld::middle, says_after(200ms, "quick"));
  SUBCASE("whole") {
    Script slow = document(whole_answer);
    slow.head_after = 8s;
    world.script(ServedWorld::cheap, slow);
    world.ask_whole();
  }
  SUBCASE("tools") {
    world.script(ServedWorld::cheap, says_after(8s, "slow"));
    world.ask(R"(,"tools":[{"type":"function","function":{"name":"f"}},{"type":"web_search"}])");
  }
  world.advance(30s);
  REQUIRE(world.ended());
  CHECK(world.host(ServedWorld::middle).requests.empty());
}

TEST_CASE("a client that leaves while two are under way ends both") {
  HedgingWorld world;
  world.script(ServedWorld::cheap, says_after(60s, "slow"));
  world.script(ServedWorld::middle, says_after(60s, "slower"));
  world.ask();
  world.advance(6s);
  CHECK(world.open() == 2);
  world.leave();
  REQUIRE(world.ended());
  CHECK(world.open() == 0);
  CHECK(world.in_flight() == 0);
  CHECK(world.record().ending == Ending::client_left);
  for (const routing::Attempt& attempt : world.record().attempts) {
    CHECK(attempt.failure->kind == FailureKind::client_left);
  }
}

TEST_CASE("an exception in one of two ends the other as well, and each is recorded as far as it is known") {
  HedgingWorld world;
  Script broken = pieces({{6s, role()}});
  broken.throws = true;
  world.script(ServedWorld::cheap, broken);
  world.script(ServedWorld::middle, pieces({{8s, FailureKind::broken_stream}}));
  world.ask();
  world.advance(60s);
  REQUIRE(world.ended());
  CHECK(world.client.status == 503);
  REQUIRE(world.record().attempts.size() == 2);
  CHECK(world.record().attempts[0].failure->kind == FailureKind::local);
  CHECK(world.record().attempts[1].failure->kind == FailureKind::outrun);
  CHECK(world.open() == 0);
  CHECK(world.in_flight() == 0);
}

TEST_CASE("a forbidden host is not asked beside another either") {
  config::PolicySettings own = policy_named("own");
  own.value_of_time = text("3600 $/h");
  own.allow = text("price.input < 1 $/Mtok");
  own.hedge_budget = 1;
  own.explore = 0;
  const routing::Policy policy = compiled(own);
  ServedWorld world(std::make_shared<const gateway::Generation>(tests::catalogue_of(three_prices()),
                                                                routing::PolicySet({policy}, {}, 0)));
  make_well_known(world);
  world.script(ServedWorld::cheap, says_after(9s, "slow"));
  world.ask();
  world.advance(40s);
  REQUIRE(world.ended());
  CHECK(world.client.body.find("slow") != std::string::npos);
  CHECK(world.host(ServedWorld::middle).requests.empty());
  CHECK(world.host(ServedWorld::dear).requests.empty());
}

TEST_CASE("what is kept of a request says which of its attempts was made beside another") {
  HedgingWorld world;
  world.script(ServedWorld::cheap, says_after(60s, "slow"));
  world.script(ServedWorld::middle, says_after(200ms, "quick"));
  world.ask();
  world.advance(20s);
  REQUIRE(world.ended());
  const auto kept = gateway::logged_request(gateway::to_bytes(gateway::logged(world.record())));
  REQUIRE(kept);
  REQUIRE(kept->attempts.size() == 2);
  CHECK(kept->attempts[0].reason != Reason::hedge);
  CHECK(kept->attempts[1].reason == Reason::hedge);
}
