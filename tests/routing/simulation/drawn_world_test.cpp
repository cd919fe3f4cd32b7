#include "routing/simulation/drawn_world.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <set>

using namespace routing;

TEST_CASE("the same number draws the same world, another one another") {
  const DrawnWorld one = drawn_world(15, 1000), again = drawn_world(15, 1000), other = drawn_world(29, 1000);
  CHECK(one.kind == other.kind);
  REQUIRE(one.fleet.hosts.size() == again.fleet.hosts.size());
  CHECK(one.traffic.per_second == again.traffic.per_second);
  CHECK(one.fleet.hosts[0].ttft.base == again.fleet.hosts[0].ttft.base);
  CHECK(one.fleet.hosts[0].ttft.base != other.fleet.hosts[0].ttft.base);
}

TEST_CASE("every kind has its turn, and is what it is called") {
  std::set<WorldKind> kinds;
  std::set<std::string_view> names;
  for (std::uint64_t number = 0; number < 4 * world_kinds; ++number) {
    const DrawnWorld world = drawn_world(number, 6000);
    CAPTURE(number);
    kinds.insert(world.kind);
    names.insert(to_text(world.kind));
    const auto& hosts = world.fleet.hosts;
    CHECK(hosts.size() >= 2);
    CHECK(hosts.size() <= 60);
    CHECK(world.traffic.per_second > 0);
    CHECK(world.traffic.per_second <= 10);
    for (const config::SimulatedHost& host : hosts) {
      CHECK(host.batch.slots >= 1);
      CHECK(host.batch.queue >= 0);
      CHECK(host.prices.input.dollars_per_token() > 0);
      CHECK(host.ttft.base.count() > 0);
    }
    const auto any = [&](auto has) { return std::ranges::any_of(hosts, has); };
    if (world.kind == WorldKind::few_slots) CHECK(hosts.size() <= 8);
    if (world.kind == WorldKind::many_hosts) CHECK(hosts.size() >= 20);
    if (world.kind == WorldKind::quiet) CHECK(world.traffic.per_second <= 0.3);
    if (world.kind == WorldKind::flapping) {
      CHECK(any([](const auto& host) {
        return host.outages && host.outages->when.mean_between < std::chrono::minutes(2);
      }));
    }
    if (world.kind == WorldKind::clouds) {
      CHECK(any([](const auto& host) { return host.outages && !host.outages->when.scheduled.empty(); }));
    }
    if (world.kind == WorldKind::thinking) CHECK(hosts[0].reasoning_share > 0);
    if (world.kind == WorldKind::prices)
      CHECK(any([](const auto& host) { return !host.price_changes.empty(); }));
  }
  CHECK(kinds.size() == world_kinds);
  CHECK(names.size() == world_kinds);
}
