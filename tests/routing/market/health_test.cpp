#include "routing/market/health.hpp"

#include <doctest/doctest.h>

using namespace std::chrono_literals;
using namespace routing;

namespace {

const config::TimePoint start = config::TimePoint{} + 1h;

Attempt at(config::TimePoint dispatched) {
  return {.dispatched = dispatched};
}
Attempt failed(config::TimePoint dispatched, FailureKind kind,
               std::optional<config::Duration> retry_after = std::nullopt) {
  Attempt attempt = at(dispatched);
  attempt.failure = Failure{.kind = kind, .progress = Progress::request_sent, .retry_after = retry_after};
  return attempt;
}

// A host that fails `times` times, a second apart; returns the time of the last failure.
config::TimePoint fail(Health& health, int times, config::TimePoint from = start) {
  for (int i = 0; i < times; ++i) {
    health.observe(failed(from + i * 1s, FailureKind::server_error), Fault::host, 0.5, from + i * 1s);
  }
  return from + (times - 1) * 1s;
}

}  // namespace

TEST_CASE("an unknown host is expected to fail three times in a hundred") {
  CHECK(Health{}.failure(start) == doctest::Approx(0.03));
}

TEST_CASE("failures are forgotten with time") {
  Health health;
  const config::TimePoint last = fail(health, 2);
  CHECK(health.failure(last) > 0.3);
  CHECK(health.failure(last + 90s) < health.failure(last));
  CHECK(health.failure(last + 15min) == doctest::Approx(0.03).epsilon(0.05));
}

TEST_CASE("three failures in a row open the breaker, two do not, and neither do three among many replies") {
  Health two, three, mixed_replies;
  CHECK(two.breaker.phase(fail(two, 2)) == Breaker::Phase::closed);
  CHECK(three.breaker.phase(fail(three, 3)) == Breaker::Phase::open);
  for (int i = 0; i < 20; ++i) mixed_replies.observe(at(start), Fault::none, 0.5, start);
  CHECK(mixed_replies.breaker.phase(fail(mixed_replies, 3)) == Breaker::Phase::closed);
}

TEST_CASE("five failures in a row open the breaker however good the host was before") {
  Health health;
  for (int i = 0; i < 5'000; ++i) health.observe(at(start), Fault::none, 0.5, start);
  const config::TimePoint fourth = fail(health, 4);
  CHECK(health.breaker.phase(fourth) == Breaker::Phase::closed);
  CHECK(health.breaker.phase(fail(health, 1, fourth)) == Breaker::Phase::open);
}

TEST_CASE("each opening in a row lasts twice as long, up to a minute") {
  Health health;
  config::TimePoint now = fail(health, 3);
  for (const auto pause : {5s, 10s, 20s, 40s, 60s, 60s}) {
    CHECK(health.breaker.phase(now + pause - 1ms) == Breaker::Phase::open);
    now += pause;
    REQUIRE(health.breaker.phase(now) == Breaker::Phase::half_open);
    CHECK(health.observe(failed(now, FailureKind::connect), Fault::host, 0.5, now) ==
          Health::Change::flipped);
  }
}

TEST_CASE("the length of an opening varies by a fifth with the draw") {
  Breaker shortest, longest;
  shortest.trip(start, 0);
  longest.trip(start, 1);
  CHECK(shortest.opens() == start + 4s);
  CHECK(longest.opens() == start + 6s);
}

TEST_CASE("one trial that succeeds lets the host back in over thirty seconds") {
  Health health;
  const config::TimePoint last = fail(health, 3);
  const config::TimePoint trial = last + 5s;
  CHECK(health.breaker.trials(trial - 1ms) == 0);
  CHECK(health.breaker.trials(trial) == 1);
  CHECK(health.observe(at(trial), Fault::none, 0.5, trial) == Health::Change::flipped);
  CHECK(health.breaker.phase(trial) == Breaker::Phase::ramping);
  CHECK(health.breaker.ramp(trial) == doctest::Approx(0.1));
  CHECK(health.breaker.ramp(trial + 15s) == doctest::Approx(0.55));
  CHECK(health.breaker.phase(trial + 30s) == Breaker::Phase::closed);
  CHECK(health.failure(trial) < 0.1);
}

TEST_CASE("a reply to a request from before the opening is no trial") {
  Health health;
  const config::TimePoint last = fail(health, 3);
  health.observe(at(start), Fault::none, 0.5, last + 6s);
  CHECK(health.breaker.phase(last + 6s) == Breaker::Phase::half_open);
}

TEST_CASE("a host that fails while it is let back in waits longer than before; after that it starts anew") {
  Health again;
  config::TimePoint now = fail(again, 3) + 5s;
  again.observe(at(now), Fault::none, 0.5, now);
  now = fail(again, 4, now + 1s);
  CHECK(again.breaker.opens() - now == 10s);

  Health later;
  now = fail(later, 3) + 5s;
  later.observe(at(now), Fault::none, 0.5, now);
  now = fail(later, 4, now + 40s);
  CHECK(later.breaker.opens() - now == 5s);
}

TEST_CASE("faults of configuration open at once for five minutes, or until the configuration changes") {
  for (const FailureKind kind : {FailureKind::credential, FailureKind::missing_model}) {
    Health health;
    health.observe(failed(start, kind), fault_of(kind), 0.5, start);
    CHECK(health.breaker.phase(start + 5min - 1s) == Breaker::Phase::open);
    CHECK(health.breaker.phase(start + 5min) == Breaker::Phase::half_open);
    health.breaker.forgive_configuration();
    CHECK(health.breaker.phase(start) == Breaker::Phase::closed);
  }
}

TEST_CASE("a 429 is a cost, cools for as long as the host asks, and opens nothing") {
  Health health;
  for (int i = 0; i < 10; ++i) {
    health.observe(failed(start, FailureKind::rate_limited), Fault::load, 0.5, start);
  }
  CHECK(health.breaker.phase(start) == Breaker::Phase::closed);
  CHECK(health.failure(start) > 0.5);
  CHECK(health.cooling_until <= start);
  CHECK(health.observe(failed(start, FailureKind::rate_limited, 7s), Fault::load, 0.5, start) ==
        Health::Change::flipped);
  CHECK(health.cooling_until == start + 7s);
  health.observe(failed(start, FailureKind::rate_limited, 2s), Fault::load, 0.5, start);
  CHECK(health.cooling_until == start + 7s);
  health.observe(failed(start, FailureKind::rate_limited, 24h), Fault::load, 0.5, start);
  CHECK(health.cooling_until == start + 60s);
}

TEST_CASE("what is the client's fault or this machine's own says nothing of the host") {
  Health health;
  for (const FailureKind kind : {FailureKind::rejected, FailureKind::client_left, FailureKind::deadline,
                                 FailureKind::local}) {
    for (int i = 0; i < 10; ++i) health.observe(failed(start, kind), fault_of(kind), 0.5, start);
  }
  CHECK(health.breaker.phase(start) == Breaker::Phase::closed);
  CHECK(health.failure(start) <= 0.03);
}

TEST_CASE("the reported share of a rate limit is known for a minute") {
  Health health;
  Attempt attempt = at(start);
  attempt.headroom = 0.05;
  health.observe(attempt, Fault::none, 0.5, start);
  CHECK(health.headroom_at(start + 59s) == 0.05);
  CHECK(std::isnan(health.headroom_at(start + 60s)));
}
