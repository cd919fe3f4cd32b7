#include <doctest/doctest.h>

#include <map>
#include <random>

#include "gateway/accounts/books.hpp"

using config::Measure;
using config::Period;
using gateway::Books;
using gateway::Let;
using gateway::LimitState;
using gateway::Reservation;
using gateway::SharedLimit;
using namespace std::chrono_literals;

namespace {

// 2026-11-28 16:00:00 UTC.
const config::WallTime wall{std::chrono::seconds(1'795'881'600)};
const config::TimePoint start{std::chrono::hours(1000)};

// What Redis does, as its script says it.
struct Server {
  struct Limit {
    std::map<std::string, std::int64_t> used, lease, demand;
    std::map<std::string, config::TimePoint> since;
  };
  std::map<std::string, Limit> limits;
  std::mt19937_64 draw{5};

  void exchange(const std::string& gateway, Books& books, config::TimePoint now) {
    for (const SharedLimit& each : books.shared_limits(now, draw())) {
      Limit& limit = limits[each.name + (each.is_concurrent ? "concurrent" : "") +
                            std::to_string(static_cast<int>(each.measure)) +
                            std::to_string(each.begins.time_since_epoch().count())];
      limit.used[gateway] = each.own;
      const bool gave_back = limit.lease.contains(gateway) && each.lease < limit.lease[gateway];
      limit.lease[gateway] = each.lease;
      if (gave_back || limit.demand[gateway] == 0) limit.since[gateway] = now;
      limit.demand[gateway] = each.demand;
      std::int64_t used = 0, leases = 0;
      for (const auto& [name, amount] : limit.used) used += amount;
      for (const auto& [name, amount] : limit.lease) leases += amount;
      const std::int64_t given =
          std::clamp<std::int64_t>(each.limit - used - leases, 0, std::max<std::int64_t>(each.wanted, 0));
      limit.lease[gateway] += given;
      if (given > 0) limit.since[gateway] = now;
      books.grant(
          each, {.others = used - each.own, .granted = given, .most = most(limit, gateway, each.limit, now)},
          now);
    }
  }
  static std::int64_t most(Limit& limit, const std::string& gateway, std::int64_t room,
                           config::TimePoint now) {
    std::vector<gateway::Sharer> sharers;
    std::optional<std::size_t> me;
    for (const auto& [name, held] : limit.lease) {
      if (limit.demand[name] == 0) {
        room -= held;
        continue;
      }
      if (name == gateway) me = sharers.size();
      sharers.push_back({.demand = limit.demand[name], .held = held, .since = now - limit.since[name]});
    }
    return me ? gateway::fair_places(sharers, *me, room) : gateway::no_bound;
  }
};

struct Gateway {
  explicit Gateway(std::string called) : name(std::move(called)) {
    settings.keys.resize(1);
    settings.keys[0].name = {"app"};
    books.share([this] { is_called = true; });
  }
  void limit(Measure measure, Period period, std::int64_t most) {
    settings.keys[0].quota.of(measure)[static_cast<std::size_t>(period)] = most;
    books.adopt(settings, wall, start);
  }
  void limit_concurrent(std::int64_t most) {
    settings.keys[0].quota.concurrent = most;
    books.adopt(settings, wall, start);
  }
  Let ask(std::int64_t nanos, Reservation& reservation, LimitState* why = nullptr) {
    return books.reserve(
        {.user = {}, .key = "app", .team = {}, .most = {.nanos = nanos}, .least_nanos = nanos}, now,
        reservation, why);
  }
  // With what the server gives, if need be.
  Let ask(Server& server, std::int64_t nanos, Reservation& reservation, LimitState* why = nullptr) {
    const Let let = ask(nanos, reservation, why);
    if (let != Let::wait) return let;
    server.exchange(name, books, now);
    return ask(nanos, reservation, why);
  }
  void settle(Reservation& reservation, std::int64_t nanos) {
    books.settle(reservation, {.requests = 1, .nanos = nanos}, now);
  }

  std::string name;
  config::Settings settings;
  config::TimePoint now = start;
  Books books{wall, start};
  bool is_called = false;
};

}  // namespace

TEST_CASE("gateways let in together what a budget lets in, and refuse once it is spent") {
  Server server;
  std::vector<std::unique_ptr<Gateway>> all;
  for (const char* name : {"one", "two", "three"}) {
    all.push_back(std::make_unique<Gateway>(name));
    all.back()->limit(Measure::dollars, Period::day, 1'000);
  }
  std::vector<std::pair<Gateway*, Reservation>> open;
  for (int i = 0; i < 30; ++i) {
    Gateway& here = *all[i % 3];
    Reservation reservation;
    if (here.ask(server, 100, reservation) == Let::in) open.emplace_back(&here, reservation);
  }
  CHECK(open.size() == 10);
  Reservation more;
  CHECK(all[0]->ask(server, 100, more) == Let::wait);  // others may use less than was set aside for them
  for (auto& [gateway, reservation] : open) gateway->settle(reservation, 100);
  for (auto& each : all) {
    for (int i = 0; i < 2; ++i)
      for (auto& other : all) server.exchange(other->name, other->books, start);
    CHECK(each->ask(server, 100, more) == Let::out);
  }
}

TEST_CASE("what was set aside and not used is there for others at the next look") {
  Server server;
  Gateway one("one"), two("two");
  for (Gateway* each : {&one, &two}) each->limit(Measure::dollars, Period::total, 100);
  Reservation first, second;
  REQUIRE(one.ask(server, 100, first) == Let::in);
  CHECK(two.ask(server, 40, second) == Let::wait);
  one.settle(first, 10);
  server.exchange("one", one.books, start);
  CHECK(two.ask(server, 40, second) == Let::in);
  two.settle(second, 40);
  server.exchange("two", two.books, start);
  CHECK(one.ask(server, 51, first) == Let::out);
  CHECK(one.ask(server, 50, first) == Let::in);
}

TEST_CASE("who needs more than is in hand has it asked for") {
  Server server;
  Gateway one("one");
  one.limit(Measure::dollars, Period::day, 1'000);
  Reservation reservation;
  LimitState why;
  CHECK_FALSE(one.is_called);
  CHECK(one.ask(10, reservation, &why) == Let::wait);
  CHECK(one.is_called);
  // There is room, and nobody's request here is in the way.
  CHECK(why.is_elsewhere);
  REQUIRE(one.ask(server, 600, reservation) == Let::in);
  Reservation second;
  CHECK(one.ask(600, second, &why) == Let::wait);
  CHECK_FALSE(why.is_elsewhere);
}

TEST_CASE("while others cannot be asked money is what is in hand, and it is nobody's fault") {
  Server server;
  Gateway one("one");
  one.limit(Measure::dollars, Period::day, 1'000);
  Reservation first, second;
  REQUIRE(one.ask(server, 600, first) == Let::in);
  one.books.be_alone(3, one.now);
  LimitState why;
  CHECK(one.ask(300, second, &why) == Let::out);
  CHECK(why.is_away);
  one.settle(first, 100);
  CHECK(one.ask(300, second, &why) == Let::in);  // of the 600 that were in hand
  Reservation third;
  CHECK(one.ask(300, third, &why) == Let::out);
  one.books.be_alone(std::nullopt, one.now);
  CHECK(one.ask(server, 300, third, &why) == Let::in);
}

TEST_CASE("while others cannot be asked each gateway takes its part of what is counted") {
  Gateway one("one");
  one.limit(Measure::requests, Period::minute, 90);
  one.books.be_alone(3, one.now);
  const auto let_in = [&] {
    int count = 0;
    for (int i = 0; i < 200; ++i) {
      Reservation reservation;
      if (one.ask(0, reservation) != Let::in) continue;
      one.settle(reservation, 0);
      ++count;
    }
    return count;
  };
  CHECK(let_in() == 30);
  one.now += 61s;
  CHECK(let_in() == 30);
}

TEST_CASE("a server that lost all knows again what gateways have used and have in hand") {
  Server server;
  Gateway one("one"), two("two");
  for (Gateway* each : {&one, &two}) each->limit(Measure::dollars, Period::day, 100);
  Reservation first, second;
  REQUIRE(one.ask(server, 60, first) == Let::in);
  server.limits.clear();
  server.exchange("one", one.books, start);
  CHECK(two.ask(server, 60, second) == Let::wait);
  CHECK(two.ask(server, 40, second) == Let::in);
}

TEST_CASE("two who each have half of what one needs do not wait for each other") {
  Server server;
  Gateway one("one"), two("two");
  for (Gateway* each : {&one, &two}) each->limit(Measure::dollars, Period::day, 60);
  Reservation first, second;
  REQUIRE(one.ask(server, 30, first) == Let::in);
  REQUIRE(two.ask(server, 30, second) == Let::in);
  one.settle(first, 20);
  two.settle(second, 20);
  // Ten in hand at each, and each has one that needs twenty.
  CHECK(one.ask(20, first) == Let::wait);
  CHECK(two.ask(20, second) == Let::wait);
  int let_in = 0;
  for (int round = 0; round < 30 && let_in == 0; ++round) {
    for (auto [gateway, reservation] : {std::pair(&one, &first), std::pair(&two, &second)}) {
      server.exchange(gateway->name, gateway->books, start);
      if (gateway->ask(20, *reservation) == Let::in) ++let_in;
    }
  }
  CHECK(let_in == 1);
}

TEST_CASE("requests at the same time are so many over all gateways, and there is room again when one ends") {
  Server server;
  std::vector<std::unique_ptr<Gateway>> all;
  for (const char* name : {"one", "two", "three"}) {
    all.push_back(std::make_unique<Gateway>(name));
    all.back()->limit_concurrent(4);
  }
  std::vector<std::pair<Gateway*, Reservation>> open;
  for (int i = 0; i < 12; ++i) {
    Gateway& here = *all[i % 3];
    Reservation reservation;
    if (here.ask(server, 0, reservation) == Let::in) open.emplace_back(&here, reservation);
  }
  CHECK(open.size() == 4);
  Reservation more;
  CHECK(all[2]->ask(server, 0, more) == Let::wait);
  open[0].first->settle(open[0].second, 0);
  // Twice: at the first look it still wants what somebody asked for in vain since the last one.
  for (int i = 0; i < 2; ++i) {
    for (auto& each : all) server.exchange(each->name, each->books, start);
  }
  CHECK(all[2]->ask(server, 0, more) == Let::in);
  Reservation another;
  CHECK(all[1]->ask(server, 0, another) == Let::wait);
}

TEST_CASE("many more requests than at a time are let in, one after the other") {
  Server server;
  Gateway one("one");
  one.limit_concurrent(2);
  for (int i = 0; i < 20; ++i) {
    Reservation reservation;
    REQUIRE(one.ask(server, 0, reservation) == Let::in);
    one.settle(reservation, 0);
  }
}

TEST_CASE(
    "while others cannot be asked each gateway has its part of what may be under way, and one at least") {
  Server server;
  for (const auto& [limit, part] : {std::pair(9, 3), std::pair(2, 1)}) {
    Gateway one("one");
    one.limit_concurrent(limit);
    one.books.be_alone(3, one.now);
    int let_in = 0;
    std::vector<Reservation> open(20);
    for (Reservation& each : open) let_in += one.ask(0, each) == Let::in ? 1 : 0;
    CHECK(let_in == part);
  }
}

TEST_CASE("a server that lost all knows again who has how many under way") {
  Server server;
  Gateway one("one"), two("two");
  for (Gateway* each : {&one, &two}) each->limit_concurrent(3);
  std::vector<Reservation> open(3);
  for (Reservation& each : open) REQUIRE(one.ask(server, 0, each) == Let::in);
  server.limits.clear();
  server.exchange("one", one.books, start);
  Reservation other;
  CHECK(two.ask(server, 0, other) == Let::wait);
  one.settle(open[0], 0);
  server.exchange("one", one.books, start);
  CHECK(two.ask(server, 0, other) == Let::in);
}

namespace {

// One with so many clients, each of whom asks again as soon as it was served.
struct Busy final : Gateway, gateway::Bell {
  struct Client {
    gateway::Waiting waiting{};
    config::TimePoint ends{};
  };
  Busy(const std::string& called, std::int64_t most, std::size_t count) : Gateway(called) {
    limit_concurrent(most);
    for (std::size_t i = 0; i < count; ++i) ask_again(clients.emplace_back());
  }
  ~Busy() {
    for (auto& each : clients) books.leave_line(each->waiting);
  }
  void ring() override {}

  void ask_again(std::unique_ptr<Client>& client) {
    client = std::make_unique<Client>();
    client->waiting.asked = {.user = {}, .key = "app", .team = {}};
    client->waiting.bell = this;
    books.stand_in_line(client->waiting);
  }
  // Ten milliseconds of what a gateway does.
  void pass(Server& server, config::TimePoint at, config::Duration takes) {
    now = at;
    for (auto& each : clients) {
      if (!each->waiting.is_called || each->ends > now) continue;
      settle(each->waiting.reservation, 0);
      ask_again(each);
    }
    begin_called(takes);
    server.exchange(name, books, now);
    books.look(now);
    begin_called(takes);
  }
  void begin_called(config::Duration takes) {
    for (auto& each : clients) {
      if (!each->waiting.is_called || each->ends != config::TimePoint{}) continue;
      ++served;
      each->ends = now + takes;
    }
  }

  std::vector<std::unique_ptr<Client>> clients;
  int served = 0;
};

// What each of them serves within ten seconds, where the first one is there alone for a second before.
std::vector<int> served_by(std::size_t gateways, std::int64_t most, config::Duration takes,
                           std::size_t clients_of_others = 30) {
  Server server;
  std::vector<std::unique_ptr<Busy>> all;
  const char* names[] = {"one", "two", "three"};
  all.push_back(std::make_unique<Busy>(names[0], most, 30));
  config::TimePoint now = start;
  std::size_t open_most = 0;
  for (int tick = 0; tick < 1'100; ++tick, now += 10ms) {
    if (tick == 100) {
      all[0]->served = 0;
      while (all.size() < gateways)
        all.push_back(std::make_unique<Busy>(names[all.size()], most, clients_of_others));
    }
    std::size_t open = 0;
    for (auto& each : all) {
      each->pass(server, now, takes);
      open += each->books.open_requests();
    }
    open_most = std::max(open_most, open);
  }
  CHECK(open_most <= static_cast<std::size_t>(most));
  std::vector<int> served;
  for (auto& each : all) served.push_back(each->served);
  return served;
}

}  // namespace

TEST_CASE("a gateway whose line never ends leaves others their part of what may be under way") {
  for (const std::int64_t most : {2, 5, 12}) {
    CAPTURE(most);
    const std::vector<int> two = served_by(2, most, 50ms);
    CHECK(two[0] + two[1] > 8 * 20 * most);  // of 10 * 20 * most that are possible
    CHECK(std::min(two[0], two[1]) > 0.9 * static_cast<double>(20 * 10 * (most / 2)));  // but for one place
  }
  const std::vector<int> three = served_by(3, 6, 50ms);
  CHECK(*std::ranges::min_element(three) > 0.7 * *std::ranges::max_element(three));
}

TEST_CASE("where there are fewer places than gateways with a line, they have them in turn") {
  for (const auto& [gateways, most] : {std::pair(2, 1), std::pair(3, 1), std::pair(3, 2)}) {
    const int of = gateways, at_once = most;  // Clang 14 captures no structured binding
    CAPTURE(of);
    CAPTURE(at_once);
    const std::vector<int> served = served_by(static_cast<std::size_t>(gateways), most, 50ms);
    int sum = 0;
    for (const int each : served) sum += each;
    CHECK(sum > 7 * 20 * most);
    CHECK(*std::ranges::min_element(served) > 0.6 * *std::ranges::max_element(served));
  }
}

TEST_CASE("who wants less than its part has what it wants, and the others have the rest") {
  const std::vector<int> served = served_by(3, 10, 50ms, 1);
  CHECK(served[1] > 150);  // one at a time: 200 at most
  CHECK(served[2] > 150);
  CHECK(served[0] > 0.9 * 8 * 200);
}

TEST_CASE("places are parted by what gateways want, and by turns where there are too few") {
  using gateway::fair_places;
  using gateway::no_bound;
  using gateway::Sharer;
  const auto of = [](std::vector<Sharer> all, std::int64_t room) {
    std::vector<std::int64_t> most;
    for (std::size_t i = 0; i < all.size(); ++i) most.push_back(fair_places(all, i, room));
    return most;
  };
  using Most = std::vector<std::int64_t>;
  CHECK(of({{.demand = 3}, {.demand = 4}}, 7) == Most{no_bound, no_bound});
  CHECK(of({{.demand = 3}, {.demand = 100}}, 10) == Most{no_bound, 7});
  CHECK(of({{.demand = 100}, {.demand = 100}}, 7) == Most{4, 3});
  CHECK(of({{.demand = 50}, {.demand = 1}, {.demand = 60}, {.demand = 70}}, 12) == Most{4, no_bound, 4, 3});
  // By turns: who holds one has it for a while, and then whoever waits the longest.
  CHECK(of({{.demand = 9, .held = 1, .since = 100ms}, {.demand = 9, .since = 5s}}, 1) == Most{1, 0});
  CHECK(of({{.demand = 9, .held = 1, .since = 300ms}, {.demand = 9, .since = 5s}}, 1) == Most{0, 0});
  CHECK(of({{.demand = 9, .since = 0s}, {.demand = 9, .since = 5s}, {.demand = 9, .since = 4s}}, 1) ==
        Most{0, 1, 0});
  // Places of those that are gone are no one's.
  CHECK(of({{.demand = 9}, {.demand = 9}}, 0) == Most{0, 0});
  CHECK(of({{.demand = 9}}, -3) == Most{0});
}
