// Markets of several gateways that tell each other what they measure.
#include <doctest/doctest.h>

#include <algorithm>

#include "routing/exchange/hearing.hpp"
#include "routing/exchange/telling.hpp"
#include "routing/terms/draws.hpp"
#include "tests/support/close.hpp"
#include "tests/support/fleet.hpp"

using namespace std::chrono_literals;
using namespace routing;
using support::World;

namespace {

World hosts() {
  World world({{.name = "a", .output_price = 1.9}, {.name = "b"}, {.name = "c"}});
  world.policy.explore = 0;
  return world;
}

// One gateway with a market of its own.
struct Gateway {
  explicit Gateway(std::uint64_t sender)
      : world(hosts()), telling(sender, world.market), hearing(sender, world.market) {
    hearing.adopt(catalogue());
  }
  const Catalogue& catalogue() const { return *world.catalogue; }
  SharedMoment now() const { return {.shared = 1'800'000'000'000ms, .own = world.now}; }

  std::string tell() {
    const auto bulletin = telling.take(catalogue(), world.in_flight, world.now);
    return bulletin ? bytes_of(*bulletin, now()) : "";
  }
  bool hear(const std::string& bytes, std::chrono::milliseconds later = 0ms) {
    const auto bulletin = bulletin_of(bytes, {.shared = now().shared + later, .own = world.now});
    return bulletin && hearing.hear(*bulletin, world.now);
  }
  EndpointState state(EndpointIndex endpoint) {
    return world.market.snapshot(world.now)->endpoints[endpoint];
  }
  void answers(EndpointIndex endpoint) {
    const Demand demand = world.demand();
    world.market.observe(world.answer(endpoint, demand), demand, world.now);
  }
  void fails(EndpointIndex endpoint, Failure failure) {
    Attempt attempt = world.answer(endpoint, world.demand());
    attempt.first_delta.reset(), attempt.first_visible.reset(), attempt.usage.reset();
    attempt.finished = 10ms;
    attempt.dispatched = world.now - 10ms;
    attempt.failure = failure;
    world.market.observe(attempt, world.demand(), world.now);
  }

  World world;
  Telling telling;
  Hearing hearing;
};

}  // namespace

TEST_CASE("what one gateway measures the other believes as if it had measured it") {
  Gateway one(1), other(2), alone(3);
  for (int i = 0; i < 5; ++i) {
    one.answers(0);
    alone.answers(0);
  }
  CHECK(other.state(0).replies == 0);
  CHECK(other.hear(one.tell()));
  const EndpointState heard = other.state(0), seen = alone.state(0);
  CHECK(heard.replies == seen.replies);
  CHECK(heard.speed.ttft.level == support::close(seen.speed.ttft.level, 1e-4));
  CHECK(heard.speed.throughput.level == support::close(seen.speed.throughput.level, 1e-4));
  CHECK(heard.speed.ttft.level_variance == support::close(seen.speed.ttft.level_variance, 1e-4));
  CHECK(heard.health.failures.trials == support::close(seen.health.failures.trials));
  CHECK(heard.prompt_scale == support::close(seen.prompt_scale));
}

TEST_CASE("evidence is counted once, however often and by whomever it is passed on") {
  Gateway one(1), other(2);
  one.answers(0);
  const std::string told = one.tell();
  CHECK(other.hear(told));
  CHECK_FALSE(other.hear(told));
  CHECK(other.state(0).replies == 1);
  // What it heard is not its own to tell, and what it told does not come back.
  CHECK_FALSE(one.hear(other.tell()));
  CHECK(one.state(0).replies == 1);
  CHECK_FALSE(one.hear(told));
  // Nothing new: nothing is told again.
  CHECK(one.tell().empty());
}

TEST_CASE("a host that one finds dead is left alone by the other with the next bulletin") {
  Gateway one(1), other(2);
  for (int i = 0; i < 5; ++i) one.fails(0, {.kind = FailureKind::connect});
  CHECK(other.hear(one.tell()));
  CHECK(other.world.market.flipped());
  CHECK(other.state(0).health.breaker.phase(other.world.now) == Breaker::Phase::open);
  CHECK(other.world.decide(other.world.demand()).chosen != 0);
}

TEST_CASE("a failure elsewhere says nothing of a host that has answered here since") {
  Gateway one(1), other(2);
  for (int i = 0; i < 5; ++i) one.fails(0, {.kind = FailureKind::connect});
  other.answers(0);
  other.hear(one.tell());
  CHECK(other.state(0).health.breaker.phase(other.world.now) == Breaker::Phase::closed);
}

TEST_CASE(
    "a refusal elsewhere is evidence of what the host has room for, and a pause here where the host asked "
    "for it") {
  Gateway one(1), other(2);
  one.fails(0, {.kind = FailureKind::rate_limited, .status = 429});
  CHECK(one.state(0).health.cooling_until > one.world.now);
  other.hear(one.tell());
  CHECK(other.state(0).health.cooling_until <= other.world.now);
  CHECK(other.state(0).health.refusals.events > 0);
  one.fails(0, {.kind = FailureKind::rate_limited, .status = 429, .retry_after = 30s});
  other.hear(one.tell());
  CHECK(other.state(0).health.cooling_until == other.world.now + 30s);
}

TEST_CASE("what is about one gateway's own key, names and ports is not told") {
  Gateway one(1), other(2);
  for (const FailureKind kind :
       {FailureKind::credential, FailureKind::missing_model, FailureKind::resolve, FailureKind::local})
    for (int i = 0; i < 5; ++i) one.fails(0, {.kind = kind, .status = 401});
  CHECK_FALSE(other.hear(one.tell()));
  CHECK(other.state(0).health.failures.trials == 0);
  CHECK(other.state(0).health.breaker.phase(other.world.now) == Breaker::Phase::closed);
}

TEST_CASE("what others have under way is load here, until they are not heard of any more") {
  Gateway one(1), two(2), other(3);
  one.world.in_flight.counter(0) = 7;
  two.world.in_flight.counter(0) = 5;
  CHECK(other.hear(one.tell()));
  CHECK(other.hear(two.tell()));
  CHECK(other.state(0).engine.others == 12);
  CHECK(other.hearing.gateways(other.world.now) == 2);
  one.world.in_flight.counter(0) = 1;
  CHECK(other.hear(one.tell()));
  CHECK(other.state(0).engine.others == 6);
  CHECK_FALSE(other.hearing.pass(other.world.now + 2s));
  CHECK(other.hearing.pass(other.world.now + 2100ms));
  CHECK(other.state(0).engine.others == 0);
  CHECK(other.hearing.gateways(other.world.now + 2100ms) == 0);
}

TEST_CASE("where an engine says itself what it runs, others' requests are not counted beside that") {
  Gateway one(1), other(2);
  other.world.market.hears(0, {.running = 4}, 0, other.world.now);
  one.world.in_flight.counter(0) = 4;
  other.hear(one.tell());
  CHECK(other.state(0).engine.others == 4);
}

TEST_CASE("an engine that says nothing of its load leaves what other gateways have there as it was") {
  Gateway one(1), other(2);
  one.world.in_flight.counter(0) = 4;
  other.hear(one.tell());
  other.world.market.hears(0, {}, 0, other.world.now);
  CHECK(other.state(0).engine.others == 4);
  other.world.market.hears(0, {.is_ready = false}, 0, other.world.now);
  CHECK(other.state(0).engine.others == 0);
}

TEST_CASE("who has nothing new gives a sign of life, and no more") {
  Gateway one(1);
  CHECK_FALSE(one.tell().empty());
  CHECK(one.tell().empty());
  one.world.now += 499ms;
  CHECK(one.tell().empty());
  one.world.now += 1ms;
  CHECK_FALSE(one.tell().empty());
}

TEST_CASE(
    "what is old is nothing where there is newer of one's own, and what is very old is nothing anywhere") {
  Gateway one(1), other(2);
  one.answers(0);
  const std::string told = one.tell();
  other.world.now += 3s;
  other.answers(0);
  CHECK_FALSE(other.hear(told, 3s));
  CHECK(other.state(0).replies == 1);

  Gateway third(3);
  CHECK_FALSE(third.hear(told, 10'001ms));
  CHECK_FALSE(third.hear(told, -1'001ms));
  third.world.now += 3s;
  CHECK(third.hear(told, 3s));
  CHECK(third.state(0).replies == 1);
}

TEST_CASE("endpoints that a gateway does not know are passed over") {
  Gateway one(1);
  one.answers(0);
  one.answers(1);
  World fewer({{.name = "b"}});
  Hearing hearing(2, fewer.market);
  hearing.adopt(*fewer.catalogue);
  one.world.in_flight.counter(0) = 3;
  const auto bulletin = bulletin_of(one.tell(), one.now());
  REQUIRE(bulletin);
  CHECK(hearing.hear(*bulletin, fewer.now));
  CHECK(fewer.market.snapshot(fewer.now)->endpoints[0].replies == 1);
  CHECK(fewer.market.snapshot(fewer.now)->endpoints[0].engine.others == 0);
}

TEST_CASE(
    "a busy endpoint takes no more of a bulletin than makes a difference, and failures have room of their "
    "own") {
  Gateway one(1);
  for (int i = 0; i < 1000; ++i) one.answers(0);
  for (int i = 0; i < 1000; ++i) one.fails(0, {.kind = FailureKind::connect});
  const std::string told = one.tell();
  CHECK(told.size() < 5'000);
  const auto bulletin = bulletin_of(told, one.now());
  REQUIRE(bulletin);
  CHECK(bulletin->seen.size() == Glimpses::most_usual + Glimpses::most_failures);
  CHECK(one.world.market.glimpses_left_out() > 0);
}

TEST_CASE("a damaged bulletin is none, whatever byte is damaged and wherever it is cut") {
  Gateway one(1), other(2);
  one.answers(0);
  one.fails(1, {.kind = FailureKind::connect});
  one.world.in_flight.counter(0) = 3;
  const std::string told = one.tell();
  for (std::size_t i = 0; i < told.size(); ++i) {
    std::string damaged = told;
    damaged[i] = static_cast<char>(damaged[i] ^ (1 << (i % 8)));
    CHECK_FALSE(other.hear(damaged));
    CHECK_FALSE(other.hear(told.substr(0, i)));
  }
  CHECK_FALSE(other.hear(told + "x"));
  CHECK(other.state(0).replies == 0);
  CHECK(other.hear(told));
}

TEST_CASE("bytes with a right digest and wrong contents neither crash nor say what cannot be") {
  Gateway one(1), other(2);
  for (int i = 0; i < 3; ++i) one.answers(0);
  one.fails(1, {.kind = FailureKind::connect});
  one.world.in_flight.counter(0) = 3;
  const std::string told = one.tell();
  std::uint64_t draw = 1;
  for (int round = 0; round < 20'000; ++round) {
    std::string hostile = told.substr(0, told.size() - 8);
    for (int changes = 1 + round % 4; changes > 0; --changes) {
      draw = mixed(draw);
      hostile[8 + draw % (hostile.size() - 8)] = static_cast<char>(draw >> 40);
    }
    const std::uint64_t digest = hash_of(hostile);
    for (int shift = 0; shift < 64; shift += 8) hostile.push_back(static_cast<char>(digest >> shift));
    other.hear(hostile);
  }
  other.hearing.pass(other.world.now + 10s);
  other.world.now += 10s;
  const EndpointState state = other.state(0);
  CHECK(std::isfinite(state.speed.ttft.level));
  CHECK(std::isfinite(state.speed.throughput.level));
  CHECK(std::isfinite(state.prompt_scale));
  CHECK(state.engine.others == 0);
  CHECK(other.world.decide(other.world.demand()).chosen.has_value());
}

TEST_CASE("no more gateways are listened to than there may be") {
  Gateway other(0);
  for (std::uint64_t sender = 1; sender <= 100; ++sender) {
    Gateway one(sender);
    one.world.in_flight.counter(0) = 1;
    other.hear(one.tell());
  }
  CHECK(other.hearing.gateways(other.world.now) == Hearing::most_gateways);
  CHECK(other.state(0).engine.others == Hearing::most_gateways);
}
