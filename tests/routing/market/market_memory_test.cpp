#include "routing/market/market_memory.hpp"

#include <doctest/doctest.h>

#include "routing/replay/state_words.hpp"
#include "tests/support/close.hpp"
#include "tests/support/fleet.hpp"

using namespace std::chrono_literals;
using namespace routing;
using support::World;

namespace {

const std::vector<support::Host> two_hosts = {{.name = "slow", .ttft = 4, .rate = 20}, {.name = "fast"}};

World taught() {
  World world(two_hosts);
  for (int i = 0; i < 40; ++i) {
    for (EndpointIndex endpoint = 0; endpoint < 2; ++endpoint) {
      const Demand demand = world.demand();
      world.market.observe(world.answer(endpoint, demand), demand, world.now);
    }
    world.now += 1s;
  }
  return world;
}

Attempt failed(EndpointIndex endpoint, FailureKind kind, int status, config::TimePoint at) {
  return {.endpoint = endpoint,
          .generation = 1,
          .dispatched = at,
          .finished = 100ms,
          .failure = Failure{.kind = kind, .progress = Progress::request_sent, .status = status}};
}

// The clock of another process.
constexpr config::TimePoint elsewhere = config::TimePoint{} + 70h;

}  // namespace

TEST_CASE("who takes up what another process knew believes what that one would after the same silence") {
  World world = taught();
  for (const config::Duration age : {config::Duration(0s), config::Duration(30s), config::Duration(2h)}) {
    CAPTURE(age.count());
    World before = taught();
    const MarketMemory memory = before.market.memory(before.now);
    Market after(before.catalogue, elsewhere);
    CHECK(after.recall(memory, age, elsewhere) == 2);
    const auto silent = before.market.snapshot(before.now + age);
    const auto recalled = after.snapshot(elsewhere);
    for (EndpointIndex i = 0; i < 2; ++i) {
      const Speed &a = recalled->endpoints[i].speed, &b = silent->endpoints[i].speed;
      CHECK(a.ttft.level == support::close(b.ttft.level, 0.02));
      CHECK(a.ttft.level_variance == support::close(b.ttft.level_variance, 0.02));
      CHECK(a.throughput.level == support::close(b.throughput.level, 0.02));
      CHECK(recalled->endpoints[i].health.failure(elsewhere) ==
            support::close(silent->endpoints[i].health.failure(before.now + age)));
      CHECK(recalled->endpoints[i].replies == 40);
    }
    const LengthKeys keys = length_keys(before.demand());
    CHECK(recalled->lengths->expected(keys).output == silent->lengths->expected(keys).output);
  }
}

TEST_CASE("the older what was known, the less certain it is") {
  World world = taught();
  const MarketMemory memory = world.market.memory(world.now);
  double before = 0;
  for (const config::Duration age : {config::Duration(0s), config::Duration(60s), config::Duration(1h)}) {
    Market market(world.catalogue, elsewhere);
    market.recall(memory, age, elsewhere);
    const double variance = market.snapshot(elsewhere)->endpoints[1].speed.ttft.level_variance;
    CHECK(variance > before);
    before = variance;
  }
}

TEST_CASE("an endpoint that asks another host, address or model starts anew, whatever it is called") {
  World world = taught();
  const MarketMemory memory = world.market.memory(world.now);
  const auto changed = [&](auto change) {
    config::Settings settings = support::settings_of(two_hosts);
    change(settings);
    Market market(std::make_shared<const Catalogue>(settings, 1), elsewhere);
    market.recall(memory, 10s, elsewhere);
    const auto snapshot = market.snapshot(elsewhere);
    return std::pair{snapshot->endpoints[0].replies, snapshot->endpoints[1].replies};
  };
  CHECK(changed([](config::Settings&) {}) == std::pair{40.0, 40.0});
  CHECK(changed([](config::Settings& s) { s.providers[0].base_url.host = "elsewhere"; }) ==
        std::pair{0.0, 40.0});
  CHECK(changed([](config::Settings& s) { s.providers[1].base_url.port = 1; }) == std::pair{40.0, 0.0});
  CHECK(changed([](config::Settings& s) { s.models[0].endpoints[0].host_model = "n"; }) ==
        std::pair{0.0, 40.0});
  // Prices and places do not make another host of it.
  CHECK(changed([](config::Settings& s) {
          s.models[0].endpoints[0].prices.input = support::per_million(9);
        }) == std::pair{40.0, 40.0});
  CHECK(changed([](config::Settings& s) { std::swap(s.models[0].endpoints[0], s.models[0].endpoints[1]); }) ==
        std::pair{40.0, 40.0});
}

TEST_CASE("a host that failed a moment ago is left alone after a restart, too, and tried again in time") {
  World world = taught();
  for (int i = 0; i < 6; ++i) {
    world.market.observe(failed(1, FailureKind::server_error, 500, world.now), world.demand(), world.now);
    world.now += 100ms;
  }
  const MarketMemory memory = world.market.memory(world.now);
  Market market(world.catalogue, elsewhere);
  market.recall(memory, 0s, elsewhere);
  const auto snapshot = market.snapshot(elsewhere);
  const Breaker& breaker = snapshot->endpoints[1].health.breaker;
  CHECK(breaker.phase(elsewhere) == Breaker::Phase::open);
  CHECK(breaker.phase(elsewhere + 10s) == Breaker::Phase::half_open);
  Market later(world.catalogue, elsewhere);
  later.recall(memory, 1min, elsewhere);
  CHECK(later.snapshot(elsewhere)->endpoints[1].health.breaker.phase(elsewhere) == Breaker::Phase::half_open);
}

TEST_CASE("a refused credential is not held against the configuration of the next start") {
  World world = taught();
  world.market.observe(failed(0, FailureKind::credential, 401, world.now), world.demand(), world.now);
  Market market(world.catalogue, elsewhere);
  market.recall(world.market.memory(world.now), 0s, elsewhere);
  CHECK(market.snapshot(elsewhere)->endpoints[0].health.breaker.phase(elsewhere) == Breaker::Phase::closed);
}

TEST_CASE("which prompts are still in caches is known after a restart, as long as they are") {
  World world = taught();
  Demand demand = world.demand();
  demand.prefix_blocks = {11, 12, 13};
  world.market.observe(world.answer(1, demand), demand, world.now);
  const std::uint64_t name = world.catalogue->endpoints()[1].name_hash;
  const MarketMemory memory = world.market.memory(world.now + 100s);
  const auto known = [&](config::Duration age) {
    Market market(world.catalogue, elsewhere);
    market.recall(memory, age, elsewhere);
    return market.snapshot(elsewhere)->prefixes->known_to(name, demand.prefix_blocks, elsewhere);
  };
  CHECK(known(5s) == 3);
  CHECK(known(370s) == 3);
  CHECK(known(390s) == 0);
}

TEST_CASE("what nobody knows anything of is not kept") {
  World world(two_hosts);
  CHECK(world.market.memory(world.now).endpoints.empty());
  const Demand demand = world.demand();
  world.market.observe(world.answer(1, demand), demand, world.now);
  CHECK(world.market.memory(world.now).endpoints.size() == 1);
}
