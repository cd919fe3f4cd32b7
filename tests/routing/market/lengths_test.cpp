#include "routing/market/lengths.hpp"

#include <doctest/doctest.h>

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
  CHECK(lengths.current().expected(length_keys(from_batch)).output == doctest::Approx(3'000).epsilon(0.1));
  CHECK(lengths.current().expected(length_keys(from_batch)).reasoning == doctest::Approx(2'000).epsilon(0.1));
  CHECK(lengths.current().expected(length_keys(from_chat)).output == doctest::Approx(100).epsilon(0.4));
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
  CHECK(lengths.current().expected({{mixed(29'999), mixed(29'999) + 1, 42}}).output == doctest::Approx(500));
}

TEST_CASE("what is published does not change and is the same until something is learned") {
  Lengths lengths;
  lengths.observe({{1, 2, 3}}, 100, 0);
  const auto first = lengths.published();
  CHECK(lengths.published() == first);
  lengths.observe({{1, 2, 3}}, 900, 0);
  CHECK(lengths.published() != first);
  CHECK(first->expected({{1, 2, 3}}).output == doctest::Approx(100));
}
