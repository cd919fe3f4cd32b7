#include <doctest/doctest.h>

#include "tests/support/fleet.hpp"

using namespace std::chrono_literals;
using namespace routing;

namespace {

config::Settings with_keys(int keys) {
  config::Settings settings = support::settings_of({{.name = "a"}, {.name = "b"}});
  for (int i = 0; i < keys; ++i) settings.keys.push_back({.name = {std::to_string(i)}});
  return settings;
}

struct World {
  explicit World(int keys) : catalogue(std::make_shared<const Catalogue>(with_keys(keys), 1)) {}

  void observe(Attempt attempt) {
    attempt.generation = 1;
    attempt.dispatched = now;
    Demand demand;
    demand.model = catalogue->find("m");
    market.observe(attempt, demand, now += 1s);
  }
  void refuses(FailureKind kind, int status, std::uint64_t request, std::uint64_t key) {
    observe({.failure = Failure{.kind = kind, .status = status, .doubt = Doubt{request, key}}});
  }
  void refuses(std::uint64_t request, std::uint64_t key) {
    refuses(FailureKind::credential, 403, request, key);
  }
  void answers() { observe({.first_delta = 100ms, .finished = 1s}); }
  bool is_open() {
    return market.snapshot(now)->endpoints[0].health.breaker.phase(now) == Breaker::Phase::open;
  }

  std::shared_ptr<const Catalogue> catalogue;
  config::TimePoint now = config::TimePoint{} + 1h;
  Market market{catalogue, now};
};

}  // namespace

TEST_CASE(
    "a doubtful refusal blames a host after three different requests, of two clients where there are two") {
  for (const auto& [kind, status] :
       {std::pair(FailureKind::credential, 403), {FailureKind::missing_model, 404}}) {
    const auto& shown = status;  // Clang 14 captures no structured binding
    CAPTURE(shown);
    {
      World world(1);
      for (int i = 0; i < 8; ++i) world.refuses(kind, status, 7, 1);
      CHECK(!world.is_open());  // one request, again and again
      world.refuses(kind, status, 8, 1);
      CHECK(!world.is_open());
      world.refuses(kind, status, 9, 1);
      CHECK(world.is_open());
    }
    World world(2);
    for (std::uint64_t request = 0; request < 20; ++request) world.refuses(kind, status, request, 1);
    CHECK(!world.is_open());  // one client's
    world.refuses(kind, status, 3, 2);
    CHECK(world.is_open());
  }
}

TEST_CASE("an answer in between clears a host of doubtful refusals, and so does a new configuration") {
  World world(0);
  world.refuses(1, 0);
  world.refuses(2, 0);
  SUBCASE("an answer") {
    world.answers();
  }
  SUBCASE("half an answer") {
    world.observe({.first_delta = 100ms, .failure = Failure{.kind = FailureKind::broken_stream}});
  }
  SUBCASE("a long time") {
    world.now += 31min;
  }
  SUBCASE("a configuration") {
    world.market.adopt(world.catalogue, world.now);
  }
  world.refuses(3, 0);
  world.refuses(4, 0);
  CHECK(!world.is_open());
  world.refuses(5, 0);
  CHECK(world.is_open());
}

TEST_CASE(
    "doubtful refusals before they are enough, and those amid an answer, say nothing of how a host fails") {
  World world(2);
  const double before = world.market.snapshot(world.now)->endpoints[0].health.failure(world.now);
  for (std::uint64_t request = 0; request < 20; ++request) {
    world.refuses(request, 1);
    world.observe(
        {.first_delta = 1s,
         .failure = Failure{.kind = FailureKind::credential, .status = 403, .doubt = Doubt{request, 2}}});
  }
  CHECK(!world.is_open());
  CHECK(world.market.snapshot(world.now)->endpoints[0].health.failure(world.now) <= before);
}

TEST_CASE("a host that is proven wrong is believed to be so at its next trial too") {
  World world(0);
  for (std::uint64_t request = 0; request < 3; ++request) world.refuses(request, 0);
  world.now += 301s;
  CHECK(!world.is_open());
  world.refuses(2, 0);
  CHECK(world.is_open());
}

TEST_CASE("without doubt one refusal is enough") {
  World world(2);
  world.observe({.failure = Failure{.kind = FailureKind::credential, .status = 401}});
  CHECK(world.is_open());
}

TEST_CASE("a doubtful refusal is remembered for half an hour after the last one, and no longer") {
  const auto is_open_after = [](config::Duration pause) {
    World world(1);
    world.refuses(1, 1);
    world.refuses(2, 1);
    world.now += pause - 1s;  // a second passes with each
    world.refuses(3, 1);
    return world.is_open();
  };
  CHECK(is_open_after(30min));
  CHECK(!is_open_after(30min + 1s));
}
