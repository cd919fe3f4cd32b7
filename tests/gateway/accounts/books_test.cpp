#include "gateway/accounts/books.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <memory>
#include <random>
#include <thread>

#include "tests/support/allocations.hpp"

using config::Measure;
using config::Period;
using gateway::Amounts;
using gateway::Asked;
using gateway::Books;
using gateway::Let;
using gateway::LimitState;
using gateway::Reservation;
using namespace std::chrono_literals;

namespace {

// 2026-11-28 16:00:00 UTC, a Saturday.
const config::WallTime wall{std::chrono::seconds(1'795'881'600)};
const config::TimePoint start{std::chrono::hours(1000)};

void limit(config::Quota& quota, Measure measure, Period period, std::int64_t most) {
  quota.of(measure)[static_cast<std::size_t>(period)] = most;
}

// The key `app` of the team `search`.
struct World {
  World() {
    settings.keys.resize(1);
    settings.keys[0].name = {"app"};
    settings.keys[0].team = "search";
    settings.teams.push_back({.name = {"search"}});
  }
  config::Quota& key() { return settings.keys[0].quota; }
  void adopt() { books.adopt(settings, wall + (now - start), now); }
  Let ask(std::int64_t nanos, Reservation& reservation, LimitState* why = nullptr, std::int64_t least = 0,
          std::int64_t tokens = 0) {
    return books.reserve({.user = user,
                          .key = "app",
                          .team = "search",
                          .most = {.tokens = tokens, .nanos = nanos},
                          .least_nanos = least == 0 ? nanos : least},
                         now, reservation, why);
  }
  std::int64_t settle(Reservation& reservation, std::int64_t nanos, std::int64_t tokens = 0) {
    return books.settle(reservation, {.requests = 1, .tokens = tokens, .nanos = nanos}, now);
  }
  std::int64_t used(Measure measure, Period period) {
    for (const LimitState& each : books.limits(now, Books::Users::included)) {
      if (each.measure == measure && each.period == period) return each.used;
    }
    return -1;
  }

  config::Settings settings;
  std::string user;
  config::TimePoint now = start;
  Books books{wall, start};
};

}  // namespace

TEST_CASE("who has no quota is let in, and nothing is set aside") {
  World world;
  world.adopt();
  CHECK_FALSE(world.books.has_quotas());
  Reservation none;
  CHECK(world.ask(1'000, none) == Let::in);
  CHECK_FALSE(none.is_open());
}

TEST_CASE("requests beyond a window's number are refused until the next one begins") {
  World world;
  limit(world.key(), Measure::requests, Period::minute, 2);
  world.adopt();
  Reservation first, second, third;
  CHECK(world.ask(0, first) == Let::in);
  CHECK(world.ask(0, second) == Let::in);
  LimitState why;
  CHECK(world.ask(0, third, &why) == Let::out);
  CHECK(why.measure == Measure::requests);
  CHECK(why.name == "app");
  CHECK(why.refills_in == 60s);
  world.settle(first, 0);
  world.settle(second, 0);
  CHECK(world.ask(0, third) == Let::out);
  world.now += 59s;
  CHECK(world.ask(0, third) == Let::out);
  world.now += 1s;
  CHECK(world.ask(0, third) == Let::in);
}

TEST_CASE("of a thousand that may cost the most, a budget for ten answers ten") {
  World world;
  constexpr std::int64_t worst = 1'000'000;
  limit(world.key(), Measure::dollars, Period::day, 10 * worst);
  world.adopt();
  struct Bell final : gateway::Bell {
    void ring() override { ++rung; }
    int rung = 0;
  } bell;
  for (const std::int64_t share : {1, 2}) {
    CAPTURE(share);
    world.now += 24h;  // a new budget
    std::vector<Reservation> open;
    std::vector<std::unique_ptr<gateway::Waiting>> line;
    for (int i = 0; i < 1'000; ++i) {
      Reservation reservation;
      LimitState why;
      const Let let = world.ask(worst, reservation, &why, worst / 4);
      if (let == Let::in) {
        open.push_back(reservation);
        continue;
      }
      REQUIRE(let == Let::wait);
      auto waiting = std::make_unique<gateway::Waiting>();
      waiting->asked = {.key = "app", .team = "search", .most = {.nanos = worst}, .least_nanos = worst / 4};
      waiting->bell = &bell;
      world.books.stand_in_line(*waiting);
      line.push_back(std::move(waiting));
    }
    CHECK(open.size() == 10);
    int answered = 0;
    std::size_t next = 0, refused = 0;
    while (!open.empty()) {
      Reservation reservation = open.front();
      open.erase(open.begin());
      ++answered;
      world.settle(reservation, std::min(worst / share, reservation.most.nanos));
      // In the order in which they came.
      for (; next < line.size() && line[next]->is_called; ++next) {
        if (world.books.leave_line(*line[next])) {
          open.push_back(line[next]->reservation);
        } else {
          ++refused;
        }
      }
    }
    CHECK(answered == 10 * share);
    CHECK(refused == 990 - (answered - 10));
    CHECK(world.used(Measure::dollars, Period::day) == 10 * worst);
    CHECK(world.books.open_requests() == 0);
    CHECK(world.books.open_nanos() == 0);
  }
}

TEST_CASE("where money is left for less, less is set aside, but not less than is of use") {
  World world;
  limit(world.key(), Measure::dollars, Period::day, 1'000);
  world.adopt();
  Reservation first, second;
  REQUIRE(world.ask(700, first) == Let::in);
  CHECK(world.settle(first, 700) == 700);
  CHECK(world.ask(700, second, nullptr, 200) == Let::in);
  CHECK(second.most.nanos == 300);
  CHECK(world.settle(second, 5'000) == 300);  // what was not set aside is not charged
  Reservation third;
  LimitState why;
  CHECK(world.ask(700, third, &why, 200) == Let::out);
  CHECK(why.measure == Measure::dollars);
  CHECK(why.used == 1'000);
  CHECK(why.refills_in == 8h);
}

TEST_CASE("what would be set aside is told without setting anything aside") {
  World world;
  limit(world.key(), Measure::dollars, Period::day, 1'000);
  world.adopt();
  const Asked asked{.key = "app", .team = "search", .most = {.nanos = 5'000}, .least_nanos = 10};
  const auto as_if = world.books.what_if(asked, world.now).reservation;
  REQUIRE(as_if);
  CHECK_FALSE(as_if->is_open());
  CHECK(as_if->bounds_money);
  CHECK(as_if->most.nanos == 1'000);
  CHECK(world.books.open_nanos() == 0);
  CHECK(world.books.open_requests() == 0);
  Reservation all;
  CHECK(world.ask(1'000, all) == Let::in);
  const Books::WhatIf later = world.books.what_if(asked, world.now);
  CHECK_FALSE(later.reservation);
  CHECK(later.let == Let::wait);
  CHECK(later.blocking.open == 1'000);
  CHECK(world.settle(all, 1'000) == 1'000);
  const Books::WhatIf never = world.books.what_if(asked, world.now);
  CHECK_FALSE(never.reservation);
  CHECK(never.let == Let::out);
  CHECK(never.blocking.name == "app");
  CHECK(never.blocking.used == 1'000);
}

TEST_CASE("a request counts at its user, key, team and everybody, at all of them or at none") {
  World world;
  world.user = "ann";
  limit(world.settings.quota, Measure::requests, Period::day, 5);
  limit(world.settings.teams[0].quota, Measure::requests, Period::day, 4);
  limit(world.key(), Measure::requests, Period::day, 3);
  limit(world.settings.keys[0].user_quota, Measure::requests, Period::day, 1);
  world.adopt();
  Reservation reservation;
  LimitState why;
  CHECK(world.ask(0, reservation) == Let::in);
  world.settle(reservation, 0);
  CHECK(world.ask(0, reservation, &why) == Let::out);
  CHECK(why.scope == gateway::Scope::user);
  CHECK(why.name == "ann");
  for (const std::string user : {"bob", "eve"}) {
    world.user = user;
    CHECK(world.ask(0, reservation) == Let::in);
    world.settle(reservation, 0);
  }
  world.user = "dan";
  CHECK(world.ask(0, reservation, &why) == Let::out);
  CHECK(why.scope == gateway::Scope::key);
  for (const LimitState& each : world.books.limits(world.now, Books::Users::included)) {
    if (each.scope == gateway::Scope::team || each.scope == gateway::Scope::everybody) CHECK(each.used == 3);
  }
}

TEST_CASE("requests at the same time wait for one to end") {
  World world;
  world.key().concurrent = 1;
  world.adopt();
  Reservation first, second;
  CHECK(world.ask(0, first) == Let::in);
  CHECK(world.ask(0, second) == Let::wait);
  world.settle(first, 0);
  CHECK(world.ask(0, second) == Let::in);
}

TEST_CASE("a request that takes more tokens than one may is refused") {
  World world;
  world.key().tokens_per_request = config::Tokens{100};
  world.adopt();
  Reservation reservation;
  LimitState blocking;
  CHECK(world.ask(0, reservation, &blocking, 0, 101) == Let::out);
  CHECK(blocking.is_of_one_request);
  CHECK(world.ask(0, reservation, nullptr, 0, 100) == Let::in);
}

TEST_CASE("what was used before counts, and a change of the limits keeps what was used") {
  World world;
  limit(world.key(), Measure::dollars, Period::month, 1'000);
  world.adopt();
  REQUIRE(world.books.questions(world.now).size() == 1);
  world.books.add({.scope = gateway::Scope::key,
                   .key = {},
                   .name = "app",
                   .measure = Measure::dollars,
                   .period = Period::month,
                   .used = 900},
                  world.now);
  Reservation reservation;
  CHECK(world.ask(200, reservation) == Let::out);
  limit(world.key(), Measure::dollars, Period::month, 1'100);
  world.adopt();
  CHECK(world.ask(300, reservation) == Let::out);
  CHECK(world.ask(200, reservation) == Let::in);
}

TEST_CASE("a second attempt of the same request is paid for from what is left, or not made") {
  World world;
  limit(world.key(), Measure::dollars, Period::day, 1'000);
  world.adopt();
  Reservation reservation;
  REQUIRE(world.ask(600, reservation) == Let::in);
  CHECK(world.books.extend(reservation, 400, world.now));
  LimitState blocking;
  CHECK_FALSE(world.books.extend(reservation, 1, world.now, &blocking));
  CHECK(blocking.is_too_small);  // all of its own, which no other day bears either
  CHECK(world.settle(reservation, 900) == 900);
  CHECK(world.used(Measure::dollars, Period::day) == 900);
}

// Law L: at rest nothing is set aside, nobody is charged more than was set aside for it, and what was used is
// the sum of what was charged.
TEST_CASE("whatever becomes of a hundred thousand requests, no nano-dollar is lost or found") {
  for (unsigned seed = 0; seed < 1'000; ++seed) {
    std::mt19937_64 draw(seed);
    World world;
    const auto roll = [&](std::int64_t most) {
      return static_cast<std::int64_t>(draw() % static_cast<std::uint64_t>(most));
    };
    limit(world.key(), Measure::dollars, Period::total, 20'000 + roll(100'000));
    limit(world.settings.teams[0].quota, Measure::dollars, Period::hour, 30'000 + roll(100'000));
    limit(world.settings.teams[0].quota, Measure::tokens, Period::minute, 20'000);
    world.adopt();
    std::vector<Reservation> open;
    std::int64_t charged = 0, this_hour = 0, tokens = 0;
    const auto end = [&](std::size_t which) {
      Reservation reservation = open[which];
      open.erase(open.begin() + static_cast<std::ptrdiff_t>(which));
      const std::int64_t most = reservation.most.nanos;
      std::int64_t cost = roll(2) == 0 ? roll(most + 1) : most;
      if (roll(10) == 0) cost = 0;
      if (roll(10) == 0) cost = most + roll(500);  // the host bills more than was thought
      const std::int64_t used_tokens = roll(300);
      const std::int64_t paid = world.settle(reservation, cost, used_tokens);
      REQUIRE(paid <= most);
      REQUIRE(paid <= std::max<std::int64_t>(cost, 0));
      charged += paid;
      this_hour += paid;
      tokens += used_tokens;
    };
    int outcomes = 0;
    auto hour = 0;
    while (outcomes < 100) {
      const int now_hour = static_cast<int>((world.now - start) / 1h);
      if (now_hour != hour) {
        hour = now_hour;
        this_hour = 0;
      }
      if (open.size() < 8 && roll(3) > 0) {
        Reservation reservation;
        if (world.ask(1 + roll(2'000), reservation, nullptr, 1, roll(500)) == Let::in) {
          if (roll(5) == 0) (void)world.books.extend(reservation, roll(1'000), world.now);
          open.push_back(reservation);
        }
      } else if (!open.empty()) {
        end(static_cast<std::size_t>(roll(static_cast<std::int64_t>(open.size()))));
      }
      ++outcomes;
      world.now += std::chrono::seconds(roll(120));
      for (const LimitState& each : world.books.limits(world.now, Books::Users::included)) {
        if (each.measure == Measure::dollars) REQUIRE(each.used + each.open <= each.limit);
      }
    }
    while (!open.empty()) end(0);
    REQUIRE(world.books.open_nanos() == 0);
    REQUIRE(world.books.open_requests() == 0);
    REQUIRE(world.used(Measure::dollars, Period::total) == charged);
    for (const LimitState& each : world.books.limits(world.now, Books::Users::included))
      REQUIRE(each.open == 0);
  }
}

TEST_CASE("threads that race for a budget never overspend it") {
  World world;
  limit(world.key(), Measure::dollars, Period::day, 1'000);
  world.adopt();
  std::atomic<int> answered{0};
  const auto race = [&] {
    for (int i = 0; i < 5'000; ++i) {
      Reservation reservation;
      if (world.books.reserve(
              {.user = {}, .key = "app", .team = {}, .most = {.nanos = 10}, .least_nanos = 10}, start,
              reservation) != Let::in)
        continue;
      world.books.settle(reservation, {.requests = 1, .tokens = 0, .nanos = 10}, start);
      ++answered;
    }
  };
  std::thread one(race), other(race);
  one.join();
  other.join();
  CHECK(answered == 100);
  CHECK(world.used(Measure::dollars, Period::day) == 1'000);
}

TEST_CASE("letting in a request with six limits allocates nothing") {
  World world;
  world.user = "ann";
  limit(world.settings.quota, Measure::dollars, Period::month, 1'000'000'000'000);
  limit(world.settings.teams[0].quota, Measure::dollars, Period::day, 1'000'000'000'000);
  limit(world.key(), Measure::requests, Period::minute, 1'000'000'000);
  limit(world.key(), Measure::tokens, Period::minute, 1'000'000'000);
  limit(world.key(), Measure::dollars, Period::day, 1'000'000'000'000);
  limit(world.settings.keys[0].user_quota, Measure::requests, Period::day, 1'000'000'000);
  world.adopt();
  Reservation reservation;
  REQUIRE(world.ask(100, reservation) == Let::in);
  world.settle(reservation, 50);
  const auto before = support::allocations;
  for (int i = 0; i < 1'000; ++i) {
    REQUIRE(world.ask(100, reservation) == Let::in);
    world.settle(reservation, 50);
  }
  CHECK(support::allocations - before == 0);
}

TEST_CASE("where gateways share limits, requests take from what is in hand, and allocate nothing") {
  World world;
  for (const Measure measure : {Measure::requests, Measure::tokens, Measure::dollars}) {
    for (const Period period : {Period::hour, Period::day})
      limit(world.key(), measure, period, 1'000'000'000);
  }
  world.adopt();
  world.books.share([] {});
  Reservation reservation;
  REQUIRE(world.ask(100, reservation, nullptr, 0, 10) == Let::wait);
  for (const gateway::SharedLimit& each : world.books.shared_limits(world.now, 0))
    world.books.grant(each, {.others = 0, .granted = 500'000'000}, world.now);
  const auto before = support::allocations;
  for (int i = 0; i < 1'000; ++i) {
    REQUIRE(world.ask(100, reservation, nullptr, 0, 10) == Let::in);
    world.settle(reservation, 50, 5);
  }
  CHECK(support::allocations - before == 0);
}

TEST_CASE("a key with one request is not behind a key with a thousand") {
  World world;
  world.settings.keys.push_back({.name = {"busy"}, .team = "search"});
  world.settings.teams[0].quota.concurrent = 1;
  world.adopt();
  const auto asked = [](std::string_view key) { return Asked{.user = {}, .key = key, .team = "search"}; };
  Reservation holder;
  REQUIRE(world.books.reserve(asked("busy"), world.now, holder) == Let::in);
  struct Silent final : gateway::Bell {
    void ring() override {}
  } bell;
  std::vector<std::unique_ptr<gateway::Waiting>> line;
  const auto wait = [&](std::string_view key) -> gateway::Waiting& {
    line.push_back(std::make_unique<gateway::Waiting>());
    line.back()->asked = asked(key);
    line.back()->bell = &bell;
    world.books.stand_in_line(*line.back());
    return *line.back();
  };
  for (int i = 0; i < 1'000; ++i) wait("busy");
  const gateway::Waiting& one = wait("app");
  int before_it = 0;
  while (!one.is_called) {
    world.books.settle(holder, {.requests = 1}, world.now);
    const auto called = std::ranges::find_if(
        line, [](const auto& each) { return each->is_called && each->reservation.is_open(); });
    REQUIRE(called != line.end());
    holder = std::exchange((*called)->reservation, {});
    ++before_it;
  }
  CHECK(before_it <= 2);
  // And the busy one goes on in the order in which it asked.
  CHECK(line.front()->is_called);
  CHECK(!line[2]->is_called);
  world.books.settle(holder, {.requests = 1}, world.now);
  CHECK(line[1]->is_called);
  for (const auto& each : line) (void)world.books.leave_line(*each);
}

TEST_CASE(
    "what another process of the same gateway uses counts at all whom it concerns, and can be less in the "
    "end") {
  World world;
  limit(world.key(), Measure::dollars, Period::day, 100);
  limit(world.key(), Measure::requests, Period::day, 3);
  world.adopt();
  world.books.add("ann", "app", "search", {.requests = 1, .tokens = 0, .nanos = 90}, world.now);
  CHECK(world.used(Measure::dollars, Period::day) == 90);
  CHECK(world.used(Measure::requests, Period::day) == 1);
  Reservation reservation;
  CHECK(world.ask(20, reservation) != Let::in);
  world.books.add("ann", "app", "search", {.requests = 0, .tokens = 18, .nanos = -80}, world.now);
  CHECK(world.used(Measure::dollars, Period::day) == 10);
  CHECK(world.used(Measure::requests, Period::day) == 1);
  CHECK(world.ask(20, reservation) == Let::in);
  world.settle(reservation, 20);
  world.books.add("", "nobody", "", {.requests = 1, .tokens = 0, .nanos = 90}, world.now);
  CHECK(world.used(Measure::dollars, Period::day) == 30);
}

TEST_CASE("a window refills when its limit says it does, also where the calendar was read anew since") {
  World world;
  limit(world.key(), Measure::requests, Period::day, 1);
  world.adopt();
  Reservation reservation;
  REQUIRE(world.ask(0, reservation) == Let::in);
  world.settle(reservation, 0);
  // Eight hours of sleep, in which the clock that nobody sets stood still: still the 28th, but late.
  world.books.adopt(world.settings, wall + 7h, world.now);
  LimitState why;
  REQUIRE(world.ask(0, reservation, &why) == Let::out);
  CHECK(why.refills == wall + 8h);
  CHECK(why.refills_in == 1h);
  world.now += 1h;
  CHECK(world.ask(0, reservation) == Let::in);
}

TEST_CASE(
    "a window that is over by a calendar that was read anew ends, and what is used of the new one is asked "
    "for") {
  World world;
  limit(world.key(), Measure::requests, Period::day, 1);
  limit(world.key(), Measure::requests, Period::month, 10);
  world.adopt();
  world.books.questions(world.now);
  Reservation reservation;
  REQUIRE(world.ask(0, reservation) == Let::in);
  world.settle(reservation, 0);
  world.books.adopt(world.settings, wall + 48h, world.now);
  const auto asked = world.books.questions(world.now);
  REQUIRE(asked.size() == 1);
  CHECK(asked[0].period == Period::day);
  CHECK(asked[0].since == wall + 32h);
  CHECK(world.used(Measure::requests, Period::month) == 1);
  LimitState why;
  REQUIRE(world.ask(0, reservation) == Let::in);
  REQUIRE(world.ask(0, reservation, &why) == Let::out);
  CHECK(why.refills == wall + 56h);
}

TEST_CASE("a clock that is set back, and another place, forget nothing that was used") {
  for (const auto& [zone, step] : {std::pair("UTC", -10h), std::pair("Pacific/Auckland", 0h)}) {
    CAPTURE(zone);
    World world;
    limit(world.key(), Measure::requests, Period::day, 1);
    world.adopt();
    Reservation reservation;
    REQUIRE(world.ask(0, reservation) == Let::in);
    world.settle(reservation, 0);
    world.settings.time_zone = zone;
    world.books.adopt(world.settings, wall + step, world.now);
    LimitState why;
    REQUIRE(world.ask(0, reservation, &why) == Let::out);
    CHECK(why.refills_in >= 8h);
    world.now += why.refills_in;
    CHECK(world.ask(0, reservation) == Let::in);
  }
}

TEST_CASE("a step of the system's clock is told once") {
  World world;
  world.adopt();
  CHECK(!world.books.new_step(wall, world.now));
  CHECK(!world.books.new_step(wall + 29s, world.now));
  CHECK(world.books.new_step(wall + 1h, world.now) == config::Duration(1h));
  CHECK(!world.books.new_step(wall + 1h + 1s, world.now + 1s));
  CHECK(world.books.new_step(wall, world.now) == -config::Duration(1h));
  world.books.adopt(world.settings, wall + 2h, world.now);
  CHECK(!world.books.new_step(wall + 2h, world.now));
}

TEST_CASE("a limit that is too small for a request is told from one that is used up") {
  World world;
  limit(world.key(), Measure::dollars, Period::day, 100);
  limit(world.key(), Measure::tokens, Period::hour, 50);
  world.adopt();
  Reservation reservation;
  LimitState why;
  REQUIRE(world.ask(500, reservation, &why, 101) == Let::out);
  CHECK(why.is_too_small);
  REQUIRE(world.ask(10, reservation, &why, 0, 51) == Let::out);
  CHECK(why.is_too_small);
  REQUIRE(world.ask(60, reservation) == Let::in);
  world.settle(reservation, 60);
  REQUIRE(world.ask(60, reservation, &why) == Let::out);
  CHECK(!why.is_too_small);
}
