#include "routing/market/health.hpp"
#include "tests/support/close.hpp"

#include <doctest/doctest.h>

#include <vector>

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
  CHECK(Health{}.failure(start) == support::close(0.03));
}

TEST_CASE("failures are forgotten with time") {
  Health health;
  const config::TimePoint last = fail(health, 2);
  CHECK(health.failure(last) > 0.3);
  CHECK(health.failure(last + 90s) < health.failure(last));
  CHECK(health.failure(last + 15min) == support::close(0.03, 0.05));
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

TEST_CASE("an opening lasts about as long as the host has failed, and never more than ten seconds") {
  Health health;
  config::TimePoint now = fail(health, 3);  // over two seconds
  CHECK(health.breaker.opens() == start + 4s);
  std::vector<config::Duration> pauses;
  for (int trial = 0; trial < 5; ++trial) {
    now = health.breaker.opens();
    REQUIRE(health.breaker.phase(now) == Breaker::Phase::half_open);
    CHECK(health.breaker.phase(now - 1ms) == Breaker::Phase::open);
    CHECK(health.observe(failed(now, FailureKind::connect), Fault::host, 1, now) == Health::Change::flipped);
    pauses.push_back(health.breaker.opens() - now);
    CHECK(pauses.back() <= 10s);
  }
  CHECK(pauses.front() == 4800ms);  // a fifth more than the four seconds, by the draw
  CHECK(pauses.back() > 9999ms);
}

TEST_CASE("a host that was down for a minute is tried at most ten seconds after it is back") {
  for (const double draw : {0.0, 0.5, 0.999}) {
    Health health;
    fail(health, 3);
    config::TimePoint now = health.breaker.opens();
    while (now < start + 60s) {
      health.observe(failed(now, FailureKind::connect), Fault::host, draw, now);
      now = health.breaker.opens();
    }
    CHECK(now - (start + 60s) <= 10s);
  }
}

TEST_CASE("a host that refuses at once is tried every few seconds while it is away") {
  Health health;
  const auto refused = [&](config::TimePoint now) {
    Attempt attempt = failed(now, FailureKind::connect);
    attempt.finished = 1ms;
    health.observe(attempt, Fault::host, 0.5, now);
  };
  config::TimePoint now = start;
  for (int i = 0; i < 25; ++i) refused(now += 100ms);
  int trials = 0;
  for (const config::TimePoint end = now + 30s; now < end; ++trials) {
    now = health.breaker.opens();
    refused(now);
  }
  CHECK(trials >= 10);
  CHECK(trials <= 30);
}

TEST_CASE("the length of an opening varies by a fifth with the draw") {
  Breaker shortest, longest;
  shortest.begins_to_fail(start - 5s);
  longest.begins_to_fail(start - 5s);
  shortest.trip(start, 0);
  longest.trip(start, 1);
  CHECK(shortest.opens() == start + 4s);
  CHECK(longest.opens() == start + 6s);
}

TEST_CASE("answers let a host back in, each doubling its share, however little time passes") {
  Health health;
  fail(health, 3);
  const config::TimePoint trial = health.breaker.opens();
  CHECK(health.breaker.trials(trial - 1ms) == 0);
  CHECK(health.breaker.trials(trial) == 1);
  CHECK(health.begins(trial, trial + 1s) == Health::Change::flipped);
  CHECK(health.breaker.phase(trial + 1s) == Breaker::Phase::ramping);
  CHECK(health.breaker.phase(trial + 1h) == Breaker::Phase::ramping);  // time alone is no evidence
  CHECK(health.failure(trial + 1s) < 0.1);
  for (const double share : {0.2, 0.4, 0.8, 1.0}) {
    CHECK(health.breaker.ramp() == support::close(share));
    CHECK(health.begins(trial + 1s, trial + 2s) == Health::Change::flipped);
  }
  CHECK(health.breaker.phase(trial + 2s) == Breaker::Phase::closed);
}

TEST_CASE("an answer that was told when it began counts once, and a stream that breaks counts as a failure") {
  Health once, twice;
  Attempt attempt = at(start);
  attempt.first_delta = 1s;
  once.observe(attempt, Fault::none, 0.5, start + 5s);
  twice.begins(start, start + 1s);
  attempt.told = Told::beginning;
  twice.observe(attempt, Fault::none, 0.5, start + 5s);
  CHECK(twice.failures.trials == once.failures.trials);

  Health breaks;
  for (int i = 0; i < 3; ++i) {
    breaks.begins(start, start + 1s);
    Attempt broken = failed(start, FailureKind::broken_stream);
    broken.told = Told::beginning;
    breaks.observe(broken, Fault::host, 0.5, start + 2s);
  }
  CHECK(breaks.failures.trials < 3.1);
  CHECK(breaks.breaker.phase(start + 2s) == Breaker::Phase::open);
}

TEST_CASE("a reply to a request from before the opening is no trial") {
  Health health;
  const config::TimePoint last = fail(health, 3);
  health.observe(at(start), Fault::none, 0.5, last + 6s);
  CHECK(health.breaker.phase(last + 6s) == Breaker::Phase::half_open);
}

TEST_CASE("streams from before an outage that end well do not hide it") {
  Health health;
  for (int i = 0; i < 5'000; ++i) health.observe(at(start), Fault::none, 0.5, start);
  for (int i = 0; i < 5; ++i) {
    const config::TimePoint now = start + 10s + i * 100ms;
    health.observe(failed(now, FailureKind::server_error), Fault::host, 0.5, now);
    health.observe(at(start), Fault::none, 0.5, now);
  }
  CHECK(health.breaker.phase(start + 11s) == Breaker::Phase::open);
}

TEST_CASE("a request that was sent while the breaker was open, for want of others, is evidence, too") {
  Health health;
  const config::TimePoint last = fail(health, 3);
  health.begins(last + 500ms, last + 600ms);
  CHECK(health.breaker.phase(last + 600ms) == Breaker::Phase::ramping);
}

TEST_CASE("a host that fails while it is let back in waits longer than before; once back it starts anew") {
  Health again;
  fail(again, 3);
  config::TimePoint now = again.breaker.opens();
  again.begins(now, now);
  now = fail(again, 1, now + 100ms);
  CHECK(again.breaker.opens() - now == 2s);

  Health later;
  fail(later, 3);
  now = later.breaker.opens();
  for (int i = 0; i < 5; ++i) later.begins(now, now);
  later.failures = {};
  now += 1h;
  for (int i = 0; i < 3; ++i) later.observe(failed(now, FailureKind::server_error), Fault::host, 0.5, now);
  CHECK(later.breaker.opens() - now == 1s);
}

TEST_CASE("faults of configuration open at once for a while, or until the configuration changes") {
  for (const FailureKind kind : {FailureKind::credential, FailureKind::missing_model}) {
    Health health;
    health.observe(failed(start, kind), fault_of(kind), 0.5, start);
    CHECK(health.breaker.phase(start + 9s) == Breaker::Phase::open);
    CHECK(health.breaker.phase(start + 10s) == Breaker::Phase::half_open);
    health.breaker.forgive_configuration();
    CHECK(health.breaker.phase(start) == Breaker::Phase::closed);
  }
}

TEST_CASE("a 429 is a cost, cools for as long as the host asks, and opens nothing") {
  Health health;
  for (int i = 0; i < 10; ++i) {
    health.observe(failed(start, FailureKind::rate_limited, 0s), Fault::load, 0.5, start);
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

TEST_CASE("a host that limits its rate without a word of when is left alone for longer each time") {
  Health health;
  const auto refused = failed(start, FailureKind::rate_limited);
  for (const auto pause : {250ms, 500ms, 1000ms, 2000ms, 4000ms, 8000ms, 8000ms}) {
    health.observe(refused, Fault::load, 0.5, start);
    CHECK(health.cooling_until == start + pause);
  }
  health.begins(start, start + 9s);
  health.observe(refused, Fault::load, 0.5, start + 9s);
  CHECK(health.cooling_until == start + 9s + 250ms);
}

TEST_CASE("what is the client's fault or this machine's own says nothing of the host") {
  Health health;
  for (const FailureKind kind :
       {FailureKind::rejected, FailureKind::client_left, FailureKind::deadline, FailureKind::local}) {
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

TEST_CASE(
    "three failures open a breaker when they come within about ten seconds and outweigh what was answered") {
  const auto phase_after = [](config::Duration apart, int answers) {
    Health health;
    for (int i = 0; i < answers; ++i) health.observe(at(start), Fault::none, 0.5, start);
    for (int i = 0; i < 3; ++i) {
      const config::TimePoint now = start + i * apart;
      health.observe(failed(now, FailureKind::server_error), Fault::host, 0.5, now);
    }
    return health.breaker.phase(start + 2 * apart);
  };
  CHECK(phase_after(4500ms, 0) == Breaker::Phase::open);
  CHECK(phase_after(5s, 0) == Breaker::Phase::closed);
  CHECK(phase_after(1s, 5) == Breaker::Phase::closed);
}

TEST_CASE("each kind of failure has one whose fault it is") {
  using Kind = FailureKind;
  for (const Kind kind : {Kind::rejected, Kind::too_long, Kind::client_left, Kind::deadline, Kind::local}) {
    CHECK(fault_of(kind) == Fault::none);
  }
  CHECK(fault_of(Kind::rate_limited) == Fault::load);
  CHECK(fault_of(Kind::credential) == Fault::configuration);
  CHECK(fault_of(Kind::missing_model) == Fault::configuration);
  for (const Kind kind : {Kind::resolve, Kind::connect, Kind::tls, Kind::bad_reply, Kind::overloaded}) {
    CHECK(fault_of(kind) == Fault::host);
  }
}

TEST_CASE("a refusal for the request's own sake is an answer, one cut short is none unless it had begun") {
  const auto expected_after = [](Attempt attempt) {
    Health health;
    health.observe(attempt, fault_of(attempt.failure->kind), 0.5, start);
    return health.failure(start);
  };
  const double answered = 0.09 / 4, untouched = 0.03;
  CHECK(expected_after(failed(start, FailureKind::rejected)) == support::close(answered));
  CHECK(expected_after(failed(start, FailureKind::too_long)) == support::close(answered));
  CHECK(expected_after(failed(start, FailureKind::client_left)) == support::close(untouched));
  CHECK(expected_after(failed(start, FailureKind::deadline)) == support::close(untouched));
  Attempt begun = failed(start, FailureKind::client_left);
  begun.first_delta = 1s;
  CHECK(expected_after(begun) == support::close(answered));
}

TEST_CASE("an attempt fails by the host's own failures or by its rate limit") {
  Health health;
  health.observe(failed(start, FailureKind::rate_limited, 0s), Fault::load, 0.5, start);
  // One answer in four of the prior and this, and one refusal in four.
  CHECK(health.failure(start) == support::close(1 - (1 - 0.09 / 4) * (1 - 1.0 / 4)));
}

TEST_CASE("a host that is overloaded is left alone as long as it asks, though its breaker stays closed") {
  Health health;
  CHECK(health.observe(failed(start, FailureKind::overloaded, 7s), Fault::host, 0.5, start) ==
        Health::Change::flipped);
  CHECK(health.cooling_until == start + 7s);
  CHECK(health.breaker.phase(start) == Breaker::Phase::closed);
  CHECK(health.observe(failed(start, FailureKind::overloaded, 7s), Fault::host, 0.5, start) ==
        Health::Change::gradual);
  Health silent;
  CHECK(silent.observe(failed(start, FailureKind::overloaded), Fault::host, 0.5, start) ==
        Health::Change::gradual);
  CHECK(silent.cooling_until <= start);
}

TEST_CASE("a row of failures ends with an answer to what was sent since it began, at that very moment, too") {
  Health health;
  for (int i = 0; i < 5'000; ++i) health.observe(at(start - 1s), Fault::none, 0.5, start - 1s);
  for (int i = 0; i < 4; ++i) {
    health.observe(failed(start, FailureKind::server_error), Fault::host, 0.5, start);
  }
  health.observe(at(start), Fault::none, 0.5, start);
  CHECK(health.failures_in_a_row == 0);
  CHECK(!health.limits_rate());
  health.observe(failed(start, FailureKind::server_error), Fault::host, 0.5, start);
  CHECK(health.breaker.phase(start) == Breaker::Phase::closed);
}

TEST_CASE("what is left of a rate limit is a share, whatever the host says") {
  Health health;
  Attempt attempt = at(start);
  attempt.headroom = 1.7;
  health.observe(attempt, Fault::none, 0.5, start);
  CHECK(health.headroom_at(start) == 1);
  attempt.headroom = -0.2;
  health.observe(attempt, Fault::none, 0.5, start);
  CHECK(health.headroom_at(start) == 0);
}
