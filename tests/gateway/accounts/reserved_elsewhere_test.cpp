#include "gateway/accounts/reserved_elsewhere.hpp"

#include <doctest/doctest.h>

using config::Measure;
using config::Period;
using gateway::Amounts;
using gateway::Asked;
using gateway::Books;
using gateway::Let;
using gateway::LimitState;
using gateway::Reservation;
using gateway::ReservedElsewhere;

namespace {

const config::TimePoint now{std::chrono::hours(1000)};

// The key `app`, which may spend 100 nano-dollars and 1,000 tokens a day, with two requests at a time.
struct TwoProcesses {
  TwoProcesses() {
    settings.keys.resize(1);
    settings.keys[0].name = {"app"};
    config::Quota& quota = settings.keys[0].quota;
    quota.of(Measure::dollars)[static_cast<std::size_t>(Period::day)] = 100;
    quota.of(Measure::tokens)[static_cast<std::size_t>(Period::day)] = 1'000;
    quota.concurrent = 2;
    books.adopt(settings, config::WallTime{}, now);
  }
  static Asked asked(Amounts most) { return {.key = "app", .most = most, .least_nanos = most.nanos}; }
  Let ask(Amounts most, Reservation& reservation) { return books.reserve(asked(most), now, reservation); }
  void there(const char* id, Amounts most) { elsewhere.under_way(id, asked(most), now); }
  void ended(const char* id, Amounts used) { elsewhere.ended(id, asked(used), now); }
  LimitState state(Measure measure) {
    for (const LimitState& each : books.limits(now, Books::Users::left_out)) {
      if (each.measure == measure) return each;
    }
    return {};
  }

  config::Settings settings;
  Books books{config::WallTime{}, now};
  ReservedElsewhere elsewhere{books};
};

}  // namespace

TEST_CASE(
    "what runs in the process before takes its place among requests at the same time until it has ended") {
  TwoProcesses world;
  world.there("a", {.requests = 1});
  Reservation first, second;
  CHECK(world.ask({}, first) == Let::in);
  CHECK(world.ask({}, second) == Let::wait);
  world.ended("a", {.requests = 1});
  CHECK(world.ask({}, second) == Let::in);
  world.books.settle(first, {}, now);
  world.books.settle(second, {}, now);
  CHECK(world.books.open_requests() == 0);
}

TEST_CASE("money and tokens that are set aside in the process before are not there for others") {
  TwoProcesses world;
  Reservation own;
  world.there("a", {.requests = 1, .tokens = 400, .nanos = 60});
  CHECK(world.state(Measure::dollars).open == 60);
  CHECK(world.state(Measure::tokens).open == 400);
  CHECK(world.ask({.tokens = 601, .nanos = 40}, own) == Let::wait);
  CHECK(world.ask({.tokens = 600, .nanos = 41}, own) == Let::wait);
  // Told again, as where a second host is asked.
  world.there("a", {.requests = 1, .tokens = 400, .nanos = 80});
  CHECK(world.state(Measure::dollars).open == 80);
  CHECK(world.ask({.tokens = 600, .nanos = 20}, own) == Let::in);
  world.ended("a", {.requests = 1, .tokens = 30, .nanos = 9});
  CHECK(world.state(Measure::dollars).open == 20);
  CHECK(world.state(Measure::dollars).used == 9);
  CHECK(world.state(Measure::tokens).used == 30);
  CHECK(world.elsewhere.size() == 0);
}

TEST_CASE("one that began and ended there counts, and one that is counted elsewhere is only let go") {
  TwoProcesses world;
  world.ended("a", {.requests = 1, .tokens = 5, .nanos = 7});
  CHECK(world.state(Measure::dollars).used == 7);
  world.there("b", {.requests = 1, .tokens = 5, .nanos = 50});
  world.ended("b", {});
  CHECK(world.state(Measure::dollars).used == 7);
  CHECK(world.state(Measure::dollars).open == 0);
  CHECK(world.books.open_requests() == 0);
}

TEST_CASE("more may run in the process before than this one's configuration would let in") {
  TwoProcesses world;
  for (const char* id : {"a", "b", "c"}) world.there(id, {.requests = 1, .nanos = 90});
  CHECK(world.state(Measure::dollars).open == 270);
  Reservation own;
  CHECK(world.ask({}, own) == Let::wait);
  for (const char* id : {"a", "b", "c"}) world.ended(id, {.requests = 1, .nanos = 30});
  CHECK(world.ask({.nanos = 10}, own) == Let::in);
}
