#include <doctest/doctest.h>

#include "gateway/serving/serve.hpp"
#include "tests/support/close.hpp"
#include "tests/support/world.hpp"

using namespace std::chrono_literals;
using namespace support;
using gateway::Ending;
using gateway::Sighting;
using routing::FailureKind;
using routing::Told;

namespace {

// The snapshot that the loop knows, changed.
void know(ServedWorld& world, const std::function<void(routing::EndpointState&)>& change,
          std::size_t first = 0, std::size_t last = 2) {
  auto snapshot = std::make_shared<routing::Snapshot>(*world.services.snapshot);
  for (std::size_t i = first; i <= last; ++i) change(snapshot->endpoints[i]);
  world.services.snapshot = snapshot;
}

// Failed for two seconds up to now, so that it is open for two more.
void trip(ServedWorld& world, routing::EndpointState& state) {
  state.health.breaker.begins_to_fail(world.loop.timer.now() - 2s);
  state.health.breaker.trip(world.loop.timer.now(), 0.5);
}

}  // namespace

TEST_CASE("a failure is told when it happens, while its request goes on at another host") {
  ServedWorld world;
  world.script(ServedWorld::cheap, refuses(500));
  Script answer = stream("Hello", 20s);
  world.script(ServedWorld::middle, answer);
  const config::TimePoint asked = world.loop.timer.now();
  world.ask();
  world.advance(100ms);
  CHECK(!world.ended());
  REQUIRE(world.sightings.size() == 1);
  const Sighting& seen = world.sightings[0];
  CHECK(seen.what == Sighting::What::ends);
  CHECK(seen.attempt.endpoint == ServedWorld::cheap);
  REQUIRE(seen.attempt.failure);
  CHECK(seen.attempt.failure->kind == FailureKind::server_error);
  CHECK(seen.at - asked < 10ms);

  world.advance(21s);
  REQUIRE(world.ended());
  REQUIRE(world.record().attempts.size() == 2);
  CHECK(world.record().attempts[0].told == Told::all);
  CHECK(world.record().attempts[1].told == Told::beginning);
}

TEST_CASE("the first content of a stream is told when it comes, and the stream's end with its record alone") {
  ServedWorld world;
  world.script(ServedWorld::cheap, pieces({{{}, role()}, {2s, says("Hello")}, {20s, stop()}, {{}, done}}));
  world.ask();
  world.advance(2100ms);
  CHECK(!world.ended());
  REQUIRE(world.sightings.size() == 1);
  CHECK(world.sightings[0].what == Sighting::What::begins);
  CHECK(world.sightings[0].attempt.first_delta == 2s);
  CHECK(!world.sightings[0].attempt.finished);
  world.advance(21s);
  REQUIRE(world.ended());
  CHECK(world.record().ending == Ending::answered);
  CHECK(world.sightings.size() == 1);
}

TEST_CASE("the market learns each fact of an attempt once, whether it is told at once or with the record") {
  const auto catalogue = tests::catalogue_of(three_prices());
  const config::TimePoint start = config::TimePoint{} + 1h;
  routing::Market told(catalogue, start), late(catalogue, start);
  const routing::Demand demand{.model = &catalogue->models().front(), .prompt = {1'000}};
  for (int i = 0; i < 8; ++i) {
    routing::Attempt attempt{.endpoint = 0,
                             .generation = catalogue->generation(),
                             .dispatched = start + i * 10s,
                             .first_delta = 700ms,
                             .finished = 3s,
                             .deltas = 50};
    attempt.usage = routing::Usage{.prompt = {1'000}, .output = {100}};
    if (i % 3 == 2) attempt.failure = routing::Failure{.kind = FailureKind::broken_stream};
    const config::TimePoint ends = attempt.dispatched + *attempt.finished;
    late.observe(attempt, demand, ends);
    routing::Attempt begun = attempt;
    begun.usage.reset();
    begun.finished.reset();
    begun.failure.reset();
    told.begins(begun, {.prompt = demand.prompt}, attempt.dispatched + *attempt.first_delta);
    attempt.told = Told::beginning;
    if (attempt.failure) {
      told.ends(attempt, {.prompt = demand.prompt}, ends);
      attempt.told = Told::all;
    }
    told.observe(attempt, demand, ends);
  }
  const auto once = told.snapshot(start + 100s)->endpoints[0],
             twice = late.snapshot(start + 100s)->endpoints[0];
  CHECK(once.replies == twice.replies);
  CHECK(once.speed.ttft.level == support::close(twice.speed.ttft.level, 0.01));
  CHECK(once.speed.throughput.level == support::close(twice.speed.throughput.level));
  CHECK(once.measured.samples == twice.measured.samples);
  CHECK(once.health.failures.events == support::close(twice.health.failures.events, 0.05));
  CHECK(once.health.failures.trials == support::close(twice.health.failures.trials, 0.05));
}

TEST_CASE("a request's first attempt at another healthy host is never refused for want of a budget") {
  ServedWorld world;
  world.script(ServedWorld::cheap, refuses(500));
  world.script(ServedWorld::middle, stream("Hello"));
  for (int i = 0; i < 200; ++i) {
    world.outcome.value.reset();
    world.client.body.clear();
    world.ask();
    world.advance(60ms);
    REQUIRE(world.ended());
    CHECK(world.record().ending == Ending::answered);
    CHECK(world.record().retries_paid == 0);
  }
}

TEST_CASE("further attempts at hosts that are failing are bounded by a budget, and it is said") {
  ServedWorld world;
  for (const ServedWorld::Host host : {ServedWorld::cheap, ServedWorld::middle, ServedWorld::dear})
    world.script(host, refuses(500));
  std::size_t asked = 0;
  int refused = 0;
  for (int i = 0; i < 40; ++i) {
    know(world, [&](routing::EndpointState& state) { trip(world, state); });
    world.outcome.value.reset();
    world.ask();
    world.advance(150ms);
    REQUIRE(world.ended());
    asked += world.record().attempts.size();
    refused += world.record().retry_refused ? 1 : 0;
  }
  CHECK(asked >= 43);
  CHECK(asked <= 40 + 5 + 8 + 3);
  CHECK(refused > 25);
}

TEST_CASE("a further attempt that nothing pays for is not one that exploring may live on") {
  const auto saved = [](int attempts) {
    config::Settings settings = three_prices();
    settings.retries = {.share = 0, .burst = 0};
    const routing::Policy policy{.name = {"balanced"}, .attempts = attempts, .explore = 0.02};
    ServedWorld world(std::make_shared<const gateway::Generation>(tests::catalogue_of(std::move(settings)),
                                                                  routing::PolicySet({policy}, {}, 0)));
    for (const ServedWorld::Host host : {ServedWorld::cheap, ServedWorld::middle, ServedWorld::dear})
      world.script(host, refuses(500));
    know(world, [&](routing::EndpointState& state) { trip(world, state); });
    world.ask();
    world.advance(150ms);
    REQUIRE(world.ended());
    CHECK(world.record().attempts.size() == 1);
    CHECK(world.record().retry_refused == (attempts > 1));
    return world.services.purse.dollars();
  };
  CHECK(saved(1) > 0);
  CHECK(saved(3) == support::close(saved(1)));
}

TEST_CASE("one trial at a time is made of a host that comes back, over all loops") {
  ServedWorld world;
  world.script(ServedWorld::cheap, stream("Hello", 5s));
  world.script(ServedWorld::middle, stream("Hello"));
  know(
      world, [&](routing::EndpointState& state) { trip(world, state); }, 0, 0);
  world.advance(2500ms);
  world.ask();  // the trial
  CHECK(world.generation->in_flight.trials_at(ServedWorld::cheap) == 1);
  SUBCASE("until the host shows that it answers") {
    world.advance(5s);
    CHECK(world.generation->in_flight.trials_at(ServedWorld::cheap) == 0);
  }
  SUBCASE("or the client leaves") {
    world.leave();
    CHECK(world.generation->in_flight.trials_at(ServedWorld::cheap) == 0);
  }
}

TEST_CASE("who finds the only trial taken decides again, and its record says so") {
  ServedWorld world;
  world.services.counted = std::make_unique<routing::InFlight>(3);
  world.script(ServedWorld::cheap, stream("Hello"));
  world.script(ServedWorld::middle, stream("Hello"));
  know(
      world, [&](routing::EndpointState& state) { trip(world, state); }, 0, 0);
  world.advance(2500ms);
  routing::TrialPermit of_another_loop;
  REQUIRE(of_another_loop.begin(world.generation->in_flight.trials(ServedWorld::cheap), 1));
  world.ask();
  world.advance(100ms);
  REQUIRE(world.ended());
  REQUIRE(world.record().attempts.size() == 1);
  CHECK(world.record().attempts[0].endpoint == ServedWorld::middle);
  REQUIRE(world.record().decisions.size() == 1);
  REQUIRE(!world.record().decisions[0].under_way.empty());
  CHECK(world.record().decisions[0].under_way[0].trials == 1);
}

TEST_CASE("one host that was away is asked by all as soon as it is back, and nobody is refused untried") {
  config::Settings alone = three_prices();
  alone.models[0].endpoints.resize(1);
  ServedWorld world(alone);
  world.script(ServedWorld::cheap, stream("Hello"));
  know(
      world, [&](routing::EndpointState& state) { trip(world, state); }, 0, 0);
  SUBCASE("while its breaker is open") {}
  SUBCASE("while it is half open") {
    world.advance(3s);
  }
  SUBCASE("while it is let back in") {
    know(
        world,
        [&](routing::EndpointState& state) { state.health.breaker.succeeded(world.loop.timer.now() + 1ms); },
        0, 0);
  }
  for (int i = 0; i < 30; ++i) {
    world.outcome.value.reset();
    world.ask();
    world.advance(60ms);
    REQUIRE(world.ended());
    CHECK(world.record().ending == Ending::answered);
  }
}

TEST_CASE("a pause that a host asks for is counted from its answer, not from the request") {
  config::Settings alone = three_prices();
  alone.models[0].endpoints.resize(1);
  ServedWorld world(alone);
  Script limited = refuses(429, R"({"error":{"message":"slow down"}})", 2s);
  limited.head_after = 1500ms;
  world.script(ServedWorld::cheap, limited);
  world.ask();
  world.advance(1600ms);
  world.host(ServedWorld::cheap).forget();
  world.host(ServedWorld::cheap).will(stream("Hello"));
  world.advance(1800ms);
  CHECK(world.host(ServedWorld::cheap).requests.size() == 1);
  world.advance(300ms);
  CHECK(world.host(ServedWorld::cheap).requests.size() == 2);
  REQUIRE(world.ended());
  CHECK(world.record().ending == Ending::answered);
}

TEST_CASE("who is told 429 or 503 is always told when to come back") {
  for (const int status : {429, 503}) {
    CAPTURE(status);
    ServedWorld world;
    for (const ServedWorld::Host host : {ServedWorld::cheap, ServedWorld::middle, ServedWorld::dear})
      world.script(host, refuses(status));
    world.ask();
    world.advance(10s);
    REQUIRE(world.ended());
    CHECK(world.client.status == status);
    CHECK(world.client.has("Retry-After: "));
  }
}
