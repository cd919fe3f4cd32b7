#include "routing/market/breaker.hpp"

#include <doctest/doctest.h>

using namespace std::chrono_literals;
using namespace routing;

namespace {

const config::TimePoint start = config::TimePoint{} + 1h;
constexpr double middle = 0.5;  // the draw that leaves a pause as it is

}  // namespace

TEST_CASE(
    "each opening before a host is fully back is at least twice as long as the one before, up to eight "
    "seconds") {
  Breaker breaker;
  breaker.begins_to_fail(start);
  for (const auto pause : {1s, 2s, 4s, 8s, 8s}) {
    breaker.trip(start, middle);
    CHECK(breaker.opens() == start + pause);
  }
}

TEST_CASE("after a long outage a breaker stays open for eight seconds and a third, whatever came before") {
  Breaker once, again;
  once.begins_to_fail(start - 1h);
  once.trip(start, middle);
  CHECK(once.opens() == start + 8333ms);
  again.begins_to_fail(start - 3s);
  again.trip(start, middle);
  CHECK(again.opens() == start + 3s);
}

TEST_CASE(
    "where a trial fails at once the next one comes soon, but later the longer the host has been away") {
  struct Case {
    double takes;
    config::Duration away, pause;
  };
  for (const Case& each : {Case{0, 5s, 1500ms}, Case{0, 10s, 2s}, Case{0, 40s, 5s}, Case{0, 1h, 8333ms},
                           Case{0.1, 10s, 2500ms}, Case{1, 10s, 7s}, Case{30, 10s, 8333ms}}) {
    Breaker breaker;
    breaker.begins_to_fail(start - each.away);
    for (int i = 0; i < 5; ++i) breaker.trip(start, middle, config::Seconds(each.takes));
    CHECK(breaker.opens() == start + each.pause);
  }
}

TEST_CASE("a trial that hangs does not keep others out: one more may begin every ten seconds") {
  Breaker breaker;
  breaker.begins_to_fail(start);
  breaker.trip(start, middle);
  const config::TimePoint half_open = start + 1s;
  CHECK(breaker.trials(half_open - 1ns) == 0);
  CHECK(breaker.trials(half_open) == 1);
  CHECK(breaker.trials(half_open + 10s - 1ns) == 1);
  CHECK(breaker.trials(half_open + 10s) == 2);
  CHECK(breaker.trials(half_open + 25s) == 3);
}

TEST_CASE("since when a host fails is when it failed first after it was well or on its way there") {
  Breaker breaker;
  breaker.begins_to_fail(start);
  CHECK(breaker.failing_since() == start);
  breaker.trip(start + 1s, middle);
  breaker.begins_to_fail(start + 2s);
  CHECK(breaker.failing_since() == start);
  breaker.succeeded(start + 3s);
  breaker.begins_to_fail(start + 4s);
  CHECK(breaker.failing_since() == start + 4s);
}

TEST_CASE(
    "only what was sent after a host was left alone says how it is now, after a fault of ours as well") {
  Breaker failing, misconfigured;
  failing.begins_to_fail(start);
  failing.trip(start, middle);
  misconfigured.fault(start);
  for (Breaker* breaker : {&failing, &misconfigured}) {
    const config::TimePoint later = start + 1h;
    CHECK(!breaker->fails_again(start - 1s, later));
    CHECK(!breaker->fails_again(start, later));
    CHECK(breaker->fails_again(start + 1ns, later));
    CHECK(!breaker->fails_again(start + 1ns, start + 1ns));  // open: not on trial
    CHECK(breaker->succeeded(start) == Breaker::Effect::none);
    CHECK(breaker->phase(later) == Breaker::Phase::half_open);
    CHECK(breaker->succeeded(start + 1ns) == Breaker::Effect::recovering);
    CHECK(breaker->phase(later) == Breaker::Phase::ramping);
    CHECK(breaker->fails_again(start + 1ns, later));
  }
  CHECK(!Breaker{}.fails_again(start, start + 1s));
  CHECK(Breaker{}.succeeded(start) == Breaker::Effect::none);
}

TEST_CASE("five answers end a ramp") {
  Breaker breaker;
  breaker.fault(start);
  CHECK(breaker.succeeded(start + 1s) == Breaker::Effect::recovering);
  for (int answer = 2; answer <= 4; ++answer) {
    CHECK(breaker.always_admitted() == answer - 1);
    CHECK(breaker.succeeded(start + 1s) == Breaker::Effect::ramping);
  }
  CHECK(breaker.succeeded(start + 1s) == Breaker::Effect::recovered);
  CHECK(breaker.phase(start + 1s) == Breaker::Phase::closed);
}

TEST_CASE("a new configuration forgives the faults of the old one, and no failures of the host") {
  Breaker breaker;
  breaker.begins_to_fail(start);
  breaker.trip(start, middle);
  breaker.forgive_configuration();
  CHECK(breaker.phase(start) == Breaker::Phase::open);
  CHECK(!breaker.is_configuration_fault());
  breaker.fault(start);
  CHECK(breaker.is_configuration_fault());
  CHECK(breaker.opens() == start + 10s);
}

TEST_CASE("a fault of configuration is asked about again soon, and rarely where it stays") {
  Breaker breaker;
  config::TimePoint now = start;
  for (const auto pause : {10s, 30s, 90s, 270s, 300s, 300s}) {
    breaker.fault(now);
    CHECK(breaker.opens() == now + pause);
    breaker.fault(now + 1s);  // of a request that was under way, too
    CHECK(breaker.opens() == now + pause);
    now = breaker.opens();
    CHECK(breaker.phase(now) == Breaker::Phase::half_open);
  }
  breaker.forgive_configuration();
  breaker.fault(now);
  CHECK(breaker.opens() == now + 10s);
  now += 10s;
  for (int i = 0; i < 5; ++i) breaker.succeeded(now);
  CHECK(breaker.phase(now) == Breaker::Phase::closed);
  breaker.fault(now);
  CHECK(breaker.opens() == now + 10s);
}

TEST_CASE("a breaker that is brought back from its memory is the same, and of a cause unknown the nearest") {
  const Breaker::Memory memory{
      .cause = 3, .trips = 2, .successes = 1, .since = start, .left_alone = start + 1s, .until = start + 2s};
  const Breaker::Memory again = Breaker::from(memory).memory();
  CHECK(again.cause == memory.cause);
  CHECK(again.trips == memory.trips);
  CHECK(again.successes == memory.successes);
  CHECK(again.since == memory.since);
  CHECK(again.left_alone == memory.left_alone);
  CHECK(again.until == memory.until);
  CHECK(Breaker::from({.cause = -1}).phase(start) == Breaker::Phase::closed);
  CHECK(Breaker::from({.cause = 0}).phase(start) == Breaker::Phase::closed);
  CHECK(Breaker::from({.cause = 9}).phase(start) == Breaker::Phase::ramping);
  CHECK(Breaker::from({.cause = 3, .successes = 0}).ramp() == 0.1);
  CHECK(Breaker::from({.cause = 3, .successes = 99}).ramp() == 1);
}
