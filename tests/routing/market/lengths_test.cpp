#include "routing/market/lengths.hpp"

#include <doctest/doctest.h>

#include <cmath>
#include <set>

#include "tests/support/close.hpp"
#include "tests/support/fleet.hpp"

using namespace routing;

TEST_CASE("the length of answers is learned by model, client key, tools and asked maximum") {
  const support::World world({{.name = "a"}});
  const config::KeySettings batch{.name = {"batch"}}, chat{.name = {"chat"}};
  Demand from_batch = world.demand(), from_chat = world.demand();
  from_batch.key = &batch;
  from_chat.key = &chat;
  Lengths lengths;
  for (int i = 0; i < 200; ++i) {
    lengths.observe(length_keys(from_batch), 3'000, 2'000);
    lengths.observe(length_keys(from_chat), 100, 0);
  }
  CHECK(lengths.current().expected(length_keys(from_batch)).output == support::close(3'000, 0.1));
  CHECK(lengths.current().expected(length_keys(from_batch)).reasoning == support::close(2'000, 0.1));
  CHECK(lengths.current().expected(length_keys(from_chat)).output == support::close(100, 0.4));
  // Somebody new asks for the same: in between.
  const double unknown_key = lengths.current().expected(length_keys(world.demand())).output;
  CHECK(unknown_key > 200);
  CHECK(unknown_key < 2'900);
}

TEST_CASE("groups differ by maximum and by tools, and agree within a power of two") {
  const support::World world({{.name = "a"}});
  Demand plain = world.demand(), small = plain, similar = plain, with_tools = plain;
  small.max_output = config::Tokens{40};
  similar.max_output = config::Tokens{60};
  with_tools.needs.set(static_cast<std::size_t>(config::Feature::tools));
  CHECK(length_keys(plain).hashes != length_keys(small).hashes);
  CHECK(length_keys(small).hashes == length_keys(similar).hashes);
  CHECK(length_keys(plain).hashes != length_keys(with_tools).hashes);
  CHECK(length_keys(plain).hashes.back() == length_keys(with_tools).hashes.back());
}

TEST_CASE("a table that is full goes on learning what it knows and answers the rest by model") {
  Lengths lengths;
  for (std::uint64_t i = 1; i <= 30'000; ++i) lengths.observe({{mixed(i), mixed(i) + 1, 42}}, 500, 0);
  CHECK(lengths.current().expected({{mixed(29'999), mixed(29'999) + 1, 42}}).output == support::close(500));
}

TEST_CASE("what is published does not change and is the same until something is learned") {
  Lengths lengths;
  lengths.observe({{1, 2, 3}}, 100, 0);
  const auto first = lengths.published();
  CHECK(lengths.published() == first);
  lengths.observe({{1, 2, 3}}, 900, 0);
  CHECK(lengths.published() != first);
  CHECK(first->expected({{1, 2, 3}}).output == support::close(100));
}

TEST_CASE("an answer counts as much as any before it, and from the twentieth on a twentieth") {
  LengthTable table;
  table.observe(1, 100, 50);
  table.observe(1, 300, 0);
  const Length two = table.expected({{1, 2, 3}});
  CHECK(two.output == 200);
  CHECK(two.reasoning == 25);
  CHECK(two.log_output == support::close((std::log(100) + std::log(300)) / 2));
  CHECK(two.replies == 2);
  for (int i = 2; i < 30; ++i) table.observe(1, 200, 25);
  table.observe(1, 0, 25);
  const Length many = table.expected({{1, 2, 3}});
  CHECK(many.output == support::close(190));
  CHECK(many.replies == 31);
  table.observe(7, 0, 0);
  CHECK(table.expected({{7, 8, 9}}).log_output == 0);  // of no tokens as of one
}

TEST_CASE("a group with little evidence is drawn towards the wider one, half of the way at four answers") {
  LengthTable table;
  table.set(3, {.output = 1'000, .reasoning = 500, .log_output = 7, .replies = 100});
  table.set(2, {.output = 200, .reasoning = 100, .log_output = 5, .replies = 4});
  table.set(1, {.output = 100, .reasoning = 0, .log_output = 4, .replies = 12});
  const Length by_shape = table.expected({{9, 2, 3}});
  CHECK(by_shape.output == support::close(600));
  CHECK(by_shape.reasoning == support::close(300));
  CHECK(by_shape.log_output == support::close(6));
  CHECK(by_shape.replies == 100);
  const Length own = table.expected({{1, 2, 3}});
  CHECK(own.output == support::close(225));
  CHECK(own.reasoning == support::close(75));
  CHECK(own.log_output == support::close(4.5));
  const Length only_own = table.expected({{1, 8, 9}});
  CHECK(only_own.output == 100);
  CHECK(only_own.replies == 12);
  CHECK(table.expected({{7, 8, 9}}).replies == 0);
}

TEST_CASE("no two different shapes of requests are one group, and each client has its own") {
  const support::World world({{.name = "a"}});
  std::set<std::uint64_t> fine, wide;
  std::size_t count = 0;
  const config::KeySettings one{.name = {"one"}}, two{.name = {"two"}};
  for (const config::KeySettings* key : {static_cast<const config::KeySettings*>(nullptr), &one, &two}) {
    for (const bool tools : {false, true}) {
      for (int power = -1; power < 24; ++power) {
        Demand demand = world.demand();
        demand.key = key;
        if (tools) demand.needs.set(static_cast<std::size_t>(config::Feature::tools));
        if (power >= 0) demand.max_output = config::Tokens{std::int64_t{1} << power};
        fine.insert(length_keys(demand).hashes[0]);
        wide.insert(length_keys(demand).hashes[1]);
        ++count;
      }
    }
  }
  CHECK(fine.size() == count);
  CHECK(wide.size() == count / 3);
  Demand none = world.demand(), least = none;
  none.max_output = config::Tokens{0};
  least.max_output = config::Tokens{1};
  CHECK(length_keys(none).hashes == length_keys(least).hashes);
}

TEST_CASE("a name that no model has is a group by itself") {
  const support::World world({{.name = "a"}});
  Demand known = world.demand(), unknown_one = known, unknown_two = known;
  unknown_one.model = unknown_two.model = nullptr;
  unknown_one.model_requested = "one";
  unknown_two.model_requested = "two";
  known.model_requested = "an alias";
  CHECK(length_keys(known).hashes == length_keys(world.demand()).hashes);
  CHECK(length_keys(unknown_one).hashes[2] != length_keys(known).hashes[2]);
  CHECK(length_keys(unknown_one).hashes[2] != length_keys(unknown_two).hashes[2]);
}

TEST_CASE("8,192 groups are learned and no more, each by itself however they fall in the table") {
  LengthTable table;
  const auto hash = [](std::uint64_t i) { return i << 20 | 5; };  // all begin at the same place
  for (std::uint64_t i = 1; i <= 400; ++i) table.observe(hash(i), static_cast<double>(i), 0);
  for (std::uint64_t i = 1; i <= 400; ++i) {
    CHECK(table.expected({{hash(i), 1, 1}}).output == static_cast<double>(i));
  }
  for (std::uint64_t i = 401; i <= 8'193; ++i) table.observe(mixed(i), static_cast<double>(i), 0);
  CHECK(table.expected({{mixed(8'192), 1, 1}}).output == 8'192);
  CHECK(table.expected({{mixed(8'193), 1, 1}}).replies == 0);
  table.observe(mixed(8'192), 0, 0);
  CHECK(table.expected({{mixed(8'192), 1, 1}}).replies == 2);
}
