// What a decision and a snapshot cost. Bars: 10 µs and no allocation for a decision among 30 endpoints, with
// a policy of ten expressions too, 100 µs for a snapshot of 1,000.
#include <benchmark/benchmark.h>

#include "tests/support/allocations.hpp"
#include "tests/support/fleet.hpp"
#include "tests/support/policies.hpp"

namespace {

using namespace std::chrono_literals;

std::vector<support::Host> hosts(std::int64_t count) {
  std::vector<support::Host> result;
  for (int i = 0; i < count; ++i) {
    result.push_back({.name = "host" + std::to_string(i),
                      .output_price = 2 + 0.02 * i,
                      .ttft = 0.4 + 0.05 * (i % 7),
                      .rate = 40 + 3.0 * (i % 11)});
  }
  return result;
}

enum class Blocks { none, shared };
enum class Rules { none, ten };

// A market with experience, and a purse that can pay for exploring them all: the dearest case.
void decide(benchmark::State& state, Blocks blocks, Rules rules = Rules::none) {
  support::World world(hosts(state.range(0)));
  if (rules == Rules::ten) world.policy = support::compiled(support::ten_expressions());
  routing::Demand demand = world.demand();
  if (blocks == Blocks::shared) {
    for (std::uint64_t block = 1; block <= 20; ++block) demand.prefix_blocks.push_back(block * 7919);
  }
  for (routing::EndpointIndex i = 0; i < world.hosts.size(); ++i) {
    for (int n = 0; n < 5; ++n) world.market.observe(world.answer(i, demand), demand, world.now += 100ms);
  }
  world.purse.settle({.chosen = 0, .expected_dollars = 100}, 0.02);
  const auto snapshot = world.market.snapshot(world.now);
  std::uint64_t seed = 0;
  const auto plan = [&] {
    routing::plan(*snapshot, world.policy, demand, {}, world.in_flight, world.purse, {world.now, ++seed},
                  world.decision);
    benchmark::DoNotOptimize(world.decision.chosen);
  };
  plan();
  const long before = support::allocations;
  for (auto _ : state) plan();
  state.counters["allocations"] = static_cast<double>(support::allocations - before);
}

void take_snapshot(benchmark::State& state) {
  support::World world(hosts(state.range(0)));
  const routing::Demand demand = world.demand();
  for (routing::EndpointIndex i = 0; i < world.hosts.size(); ++i) {
    for (int n = 0; n < 20; ++n) world.market.observe(world.answer(i, demand), demand, world.now += 1ms);
  }
  world.market.snapshot(world.now);
  for (auto _ : state) benchmark::DoNotOptimize(world.market.snapshot(world.now += 100ms));
}

void learn(benchmark::State& state) {
  support::World world(hosts(30));
  const routing::Demand demand = world.demand();
  const routing::Attempt attempt = world.answer(3, demand);
  for (auto _ : state) world.market.observe(attempt, demand, world.now += 10ms);
}

BENCHMARK_CAPTURE(decide, cold_cache, Blocks::none)->Arg(8)->Arg(30)->Arg(100);
BENCHMARK_CAPTURE(decide, warm_cache, Blocks::shared)->Arg(30);
BENCHMARK_CAPTURE(decide, ten_expressions, Blocks::none, Rules::ten)->Arg(8)->Arg(30)->Arg(100);
BENCHMARK(take_snapshot)->Arg(30)->Arg(1000);
BENCHMARK(learn);

}  // namespace

BENCHMARK_MAIN();
