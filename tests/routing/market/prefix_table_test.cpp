#include "routing/market/prefix_table.hpp"

#include <doctest/doctest.h>

#include "routing/terms/draws.hpp"
#include "tests/support/fleet.hpp"

using namespace std::chrono_literals;
using namespace routing;

namespace {

const config::TimePoint start = config::TimePoint{} + 1h;

std::vector<std::uint64_t> blocks_of(std::uint64_t conversation, std::size_t count) {
  std::vector<std::uint64_t> blocks;
  for (std::size_t i = 0; i < count; ++i) blocks.push_back(mixed(conversation * 1'000 + i));
  return blocks;
}

}  // namespace

TEST_CASE("an endpoint knows the blocks it has seen, and of a longer prompt its leading part") {
  PrefixIndex index;
  index.use(7, blocks_of(1, 6), start);
  const auto table = index.publish();
  CHECK(table->known_to(7, blocks_of(1, 6), start) == 6);
  CHECK(table->known_to(7, blocks_of(1, 9), start) == 6);
  CHECK(table->known_to(7, blocks_of(1, 3), start) == 3);
  CHECK(table->known_to(7, blocks_of(2, 6), start) == 0);
  CHECK(table->known_to(8, blocks_of(1, 6), start) == 0);
  CHECK(table->known(blocks_of(1, 9), start) == 6);
  CHECK(table->known({}, start) == 0);
}

TEST_CASE("blocks are forgotten 480 s after their last use") {
  PrefixIndex index;
  index.use(7, blocks_of(1, 2), start);
  CHECK(index.publish()->known_to(7, blocks_of(1, 2), start + 480s) == 2);
  CHECK(index.publish()->known_to(7, blocks_of(1, 2), start + 481s) == 0);
  index.use(7, blocks_of(1, 2), start + 400s);
  CHECK(index.publish()->known_to(7, blocks_of(1, 2), start + 800s) == 2);
}

TEST_CASE("nothing recent is lost while uses sink through the layers, and what was published stays") {
  PrefixIndex index;
  const auto empty = index.publish();
  for (std::uint64_t c = 0; c < 20'000; ++c) index.use(c % 5, blocks_of(c, 4), start + c * 10ms);
  const config::TimePoint now = start + 20'000 * 10ms;
  const auto table = index.publish();
  int lost = 0;
  for (std::uint64_t c = 0; c < 20'000; ++c) lost += table->known_to(c % 5, blocks_of(c, 4), now) != 4;
  CHECK(lost == 0);
  CHECK(empty->known(blocks_of(19'999, 4), now) == 0);
  CHECK(index.publish() == table);
}

TEST_CASE("a flood of different prompts keeps the latest within the bound") {
  LastUses uses;
  for (std::uint64_t i = 1; i <= 5'000; ++i) uses.put(mixed(i), static_cast<std::uint32_t>(i));
  LastUses latest;
  latest.absorb(uses, uses.cutoff(1'000));
  CHECK(latest.size() <= 1'000);
  CHECK(latest.size() > 900);
  CHECK(latest.find(mixed(5'000)) == 5'000);
  CHECK(latest.find(mixed(1)) == 0);
}

TEST_CASE("a host that still has the prompt wins by what that saves, and loses when it is slow") {
  using support::Host;
  support::World world(
      {{.name = "warm", .input_price = 1, .ttft = 1}, {.name = "cold", .input_price = 1, .ttft = 1}});
  routing::Demand demand = world.demand(20'000);
  demand.prefix_blocks = blocks_of(1, 5);
  for (int i = 0; i < 10; ++i) {
    for (const char* name : {"warm", "cold"}) {
      Demand other = world.demand(20'000);
      world.market.observe(world.answer(world.index(name), other), other, world.now += 1s);
    }
  }
  Attempt served = world.answer(world.index("warm"), demand);
  served.usage->cached = {0};
  world.market.observe(served, demand, world.now += 1s);
  world.decide(demand);
  CHECK(*world.decision.chosen == world.index("warm"));
  CHECK(world.decision.verdicts[world.index("warm")].prediction.cache_hit > 0.5);
  CHECK(world.decision.verdicts[world.index("cold")].prediction.cache_hit == 0);

  world.host("warm").ttft = 40;
  for (int i = 0; i < 20; ++i) {
    Demand other = world.demand(20'000);
    world.market.observe(world.answer(world.index("warm"), other), other, world.now += 1s);
  }
  world.decide(demand);
  CHECK(*world.decision.chosen == world.index("cold"));
}

TEST_CASE("of blocks seen in another order only those count that lead without a gap") {
  PrefixIndex index;
  std::vector<std::uint64_t> blocks = blocks_of(1, 40);
  for (std::size_t seen = 1; seen <= 40; ++seen) {
    index = PrefixIndex{};
    index.use(7, std::span(blocks).first(seen), start);
    CHECK(index.publish()->known_to(7, blocks, start) == seen);
  }
  CHECK(index.publish()->known_to(7, std::span(blocks).subspan(1), start) == 39);
}

TEST_CASE(
    "a clock that has just begun is no reason to forget, and times before are not taken for later ones") {
  const config::TimePoint zero{};
  PrefixIndex index;
  index.use(7, blocks_of(1, 2), zero);
  CHECK(index.publish()->known_to(7, blocks_of(1, 2), zero) == 2);
  CHECK(index.publish()->known_to(7, blocks_of(1, 2), zero + 480s) == 2);
  CHECK(index.publish()->known_to(7, blocks_of(1, 2), zero + 481s) == 0);
}

TEST_CASE("uses are kept each with its latest second, however they fall in the table") {
  LastUses uses;
  CHECK(uses.find(5) == 0);
  for (std::uint64_t i = 1; i <= 300; ++i) uses.put(i << 32 | 15, static_cast<std::uint32_t>(i));
  CHECK(uses.size() == 300);
  uses.put(std::uint64_t{9} << 32 | 15, 4);  // from before
  CHECK(uses.size() == 300);
  for (std::uint64_t i = 1; i <= 300; ++i) CHECK(uses.find(i << 32 | 15) == i);
  CHECK(uses.find(std::uint64_t{301} << 32 | 15) == 0);
}

TEST_CASE("the latest uses are kept up to the bound, of several in one second all or none") {
  LastUses uses;
  for (std::uint64_t i = 1; i <= 10; ++i) uses.put(mixed(i), static_cast<std::uint32_t>((i + 1) / 2));
  CHECK(uses.cutoff(10) == 0);
  CHECK(uses.cutoff(11) == 0);
  CHECK(uses.cutoff(9) == 2);
  CHECK(uses.cutoff(5) == 4);
  CHECK(uses.cutoff(4) == 5);
  LastUses latest;
  latest.absorb(uses, 4);
  CHECK(latest.size() == 4);
  CHECK(latest.find(mixed(7)) == 4);
  CHECK(latest.find(mixed(6)) == 0);
}

TEST_CASE("what sank is found again by whoever uses it later, and forgotten when its time is over") {
  PrefixIndex index;
  index.use(7, blocks_of(0, 4), start);
  for (std::uint64_t c = 1; c <= 600; ++c) index.use(7, blocks_of(c, 4), start + 100s);
  CHECK(index.publish()->known_to(7, blocks_of(0, 4), start + 100s) == 4);
  CHECK(index.publish()->known_to(7, blocks_of(0, 4), start + 480s) == 4);
  CHECK(index.publish()->known_to(7, blocks_of(0, 4), start + 481s) == 0);
  index.use(7, blocks_of(0, 4), start + 400s);
  CHECK(index.publish()->known_to(7, blocks_of(0, 4), start + 880s) == 4);
  CHECK(index.publish()->known(blocks_of(600, 4), start + 580s) == 4);
}
