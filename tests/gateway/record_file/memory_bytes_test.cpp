#include "gateway/record_file/memory_bytes.hpp"

#include <doctest/doctest.h>

#include "routing/replay/state_words.hpp"

using namespace std::chrono_literals;
using gateway::KeptMemory;

namespace {

routing::MarketMemory some_memory() {
  routing::EndpointState state;
  state.replies = 12;
  state.speed.ttft.level = 0.7;
  state.health.failures.count(routing::Health::failure_prior, 1, config::TimePoint(5s));
  routing::ConductMemory conduct;
  conduct.checks[1].sums.failed = 4, conduct.checks[1].sums.against[3] = 0.5;
  conduct.checks[1].since = config::TimePoint(3s);
  conduct.fingerprints.known[2] = 77, conduct.fingerprints.seen = 3;
  conduct.checks[7].sums.passed = 21;
  conduct.length = {.mean = 0.5, .variance = 0.25, .count = 200};
  return {.taken = config::TimePoint(77s),
          .endpoints = {{.identity = {1, 2}, .state = state, .sums = {.cache_hits = 3}, .conduct = conduct},
                        {.identity = {3, 4}, .state = {}, .sums = {}}},
          .lengths = {{9, {.output = 123, .reasoning = 4, .log_output = 5, .replies = 6}}},
          .uses = {{.key = 8, .at = config::TimePoint(60s)}},
          .budgets = {{.policy = 5, .day = 1'795'824'000, .nanos = 12}},
          .shadows = {{.policy = "p", .shadow = "s", .model = "m", .of = 6, .numbers = {1, -2.5}}}};
}

const gateway::WallTime noon{1'700'000'000s};

std::string why(std::string_view bytes) {
  const auto found = gateway::kept_memory(bytes);
  const auto* unusable = std::get_if<gateway::Unusable>(&found);
  return unusable ? unusable->why : "";
}

}  // namespace

TEST_CASE("what a market knows comes back from its bytes as it was") {
  const routing::MarketMemory memory = some_memory();
  const auto found = gateway::kept_memory(gateway::bytes_of(memory, noon));
  REQUIRE(std::holds_alternative<KeptMemory>(found));
  const KeptMemory& kept = std::get<KeptMemory>(found);
  CHECK(kept.taken == noon);
  CHECK(kept.memory.taken == memory.taken);
  REQUIRE(kept.memory.endpoints.size() == 2);
  for (std::size_t i = 0; i < 2; ++i) {
    CHECK(kept.memory.endpoints[i].identity == memory.endpoints[i].identity);
    CHECK(routing::words_of(kept.memory.endpoints[i].state) == routing::words_of(memory.endpoints[i].state));
  }
  CHECK(kept.memory.endpoints[0].sums.cache_hits == 3);
  REQUIRE(kept.memory.lengths.size() == 1);
  CHECK(kept.memory.lengths[0].first == 9);
  CHECK(kept.memory.lengths[0].second.log_output == 5);
  REQUIRE(kept.memory.uses.size() == 1);
  CHECK(kept.memory.uses[0].at == config::TimePoint(60s));
  REQUIRE(kept.memory.budgets.size() == 1);
  CHECK(kept.memory.budgets[0].day == 1'795'824'000);
  CHECK(kept.memory.budgets[0].nanos == 12);
  REQUIRE(kept.memory.endpoints[0].conduct);
  CHECK(kept.memory.endpoints[0].conduct->checks[7].sums.passed == 21);
  CHECK(kept.memory.endpoints[0].conduct->length.variance == 0.25);
  REQUIRE(kept.memory.shadows.size() == 1);
  CHECK(kept.memory.shadows[0].shadow == "s");
  CHECK(kept.memory.shadows[0].of == 6);
  CHECK(kept.memory.shadows[0].numbers == std::vector<double>{1, -2.5});
}

TEST_CASE("whatever bit is wrong and wherever it is cut off, nothing of it is believed") {
  const std::string good = gateway::bytes_of(some_memory(), noon);
  for (std::size_t i = 0; i < good.size(); ++i) {
    std::string bad = good;
    bad[i] = static_cast<char>(bad[i] ^ (1 << (i % 8)));
    CHECK_FALSE(why(bad).empty());
    CHECK_FALSE(why(good.substr(0, i)).empty());
  }
  CHECK(why(good + "x") == "is damaged");
}

TEST_CASE("it is said what a file is that cannot be used") {
  CHECK(why("") == "is not a market that isocost kept");
  CHECK(why(std::string(500, 'x')) == "is not a market that isocost kept");
  std::string newer = gateway::bytes_of(some_memory(), noon);
  newer[8] = 99;
  CHECK(why(newer) == "was written by a newer isocost");
  newer[8] = 0;
  CHECK(why(newer) == "was written by another version of isocost");
}
