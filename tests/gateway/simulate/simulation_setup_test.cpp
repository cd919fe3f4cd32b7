#include "gateway/simulate/simulation_setup.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <fstream>

#include "routing/simulation/entrants.hpp"
#include "tests/support/close.hpp"
#include "tests/support/scratch_directory.hpp"

using namespace gateway;

namespace {

SimulateOptions options() {
  SimulateOptions result;
  result.fleet = "made-up:3";
  result.trace = "poisson:2";
  result.requests = 50;
  return result;
}

SimulationSetup setup_of(const SimulateOptions& options) {
  config::Problems problems;
  std::optional<SimulationSetup> setup = simulation_setup(options, problems);
  std::string found;
  for (const config::Problem& each : problems) found += config::to_text(each) + "\n";
  INFO(found);
  REQUIRE(setup.has_value());
  return std::move(*setup);
}

std::vector<std::uint64_t> seeds_of(const std::string& text) {
  SimulateOptions asked = options();
  asked.seeds = text;
  std::vector<std::uint64_t> seeds;
  for (const World& world : setup_of(asked).settings.worlds) seeds.push_back(world.seed);
  return seeds;
}

// The only problem there is.
config::Problem problem_with(const SimulateOptions& options) {
  config::Problems problems;
  CHECK_FALSE(simulation_setup(options, problems).has_value());
  REQUIRE(problems.size() == 1);
  return problems[0];
}

std::vector<std::string> names(const SimulationSetup& setup) {
  std::vector<std::string> result;
  for (const Entrant& each : setup.entrants) result.push_back(each.name);
  return result;
}

}  // namespace

TEST_CASE("seeds are written one by one, as ranges, or both") {
  CHECK(seeds_of("7") == std::vector<std::uint64_t>{7});
  CHECK(seeds_of("1001-1003") == std::vector<std::uint64_t>{1001, 1002, 1003});
  CHECK(seeds_of("1,2,5-7") == std::vector<std::uint64_t>{1, 2, 5, 6, 7});
  for (const std::string wrong : {"", "x", "3-1", "-5", "1,,2", "1-", "1-20000", "0-99999999999"}) {
    CAPTURE(wrong);
    SimulateOptions asked = options();
    asked.seeds = wrong;
    CHECK(problem_with(asked).path == "--seeds");
  }
}

TEST_CASE("every seed has a market and traffic of its own, and the same seed the same ones") {
  SimulateOptions asked = options();
  asked.seeds = "1,2,1";
  const std::vector<World> worlds = setup_of(asked).settings.worlds;
  REQUIRE(worlds.size() == 3);
  for (const World& world : worlds) {
    CHECK(world.fleet.hosts.size() == 3);
    CHECK(world.trace.requests.size() == 50);
  }
  const auto price = [](const World& world) { return world.fleet.hosts[0].prices.output; };
  const auto time = [](const World& world) { return world.trace.requests[9].at; };
  CHECK(price(worlds[0]) != price(worlds[1]));
  CHECK(price(worlds[0]) == price(worlds[2]));
  CHECK(time(worlds[0]) != time(worlds[1]));
  CHECK(time(worlds[0]) == time(worlds[2]));
}

TEST_CASE("traffic is made up as asked for") {
  SimulateOptions asked = options();
  asked.requests = 2'000;
  const auto mean_prompt = [&] {
    const config::Trace trace = setup_of(asked).settings.worlds[0].trace;
    double sum = 0;
    for (const config::TraceRequest& request : trace.requests)
      sum += static_cast<double>(request.prompt.count);
    return sum / 2'000;
  };
  const double chat = mean_prompt();
  asked.traffic = "long-context";
  CHECK(mean_prompt() > 4 * chat);
  asked.trace = "conversations:2";
  CHECK(setup_of(asked).settings.worlds[0].trace.requests[0].session != 0);
  asked.trace = "poisson:20";
  const config::Trace fast = setup_of(asked).settings.worlds[0].trace;
  CHECK(config::Seconds(fast.requests.back().at).count() == support::close(100, 0.15));
}

TEST_CASE("a recorded trace comes at its own rate or at the one asked for, the same for each seed") {
  const support::ScratchDirectory directory;
  std::ofstream file(directory.file("trace.csv"));
  file << "TIMESTAMP,ContextTokens,GeneratedTokens\n";
  for (int second = 10; second < 30; ++second) {
    file << "2023-11-16 18:15:" << second << ".0000000," << 10 * second << ",10\n";
  }
  file << "2023-11-16 18:15:30.0000000,nothing,10\n" << std::flush;
  SimulateOptions asked = options();
  asked.trace = directory.file("trace.csv");
  asked.seeds = "1,2";
  config::Problems problems;
  const std::optional<SimulationSetup> setup = simulation_setup(asked, problems);
  REQUIRE(setup.has_value());
  CHECK(setup->rows_left_out == 1);
  for (const World& world : setup->settings.worlds) {
    REQUIRE(world.trace.requests.size() == 20);
    CHECK(world.trace.requests[4].at == std::chrono::seconds(4));
    CHECK(world.trace.requests[4].prompt.count == 140);
  }
  asked.rate = 4;
  const std::optional<SimulationSetup> faster = simulation_setup(asked, problems);
  REQUIRE(faster.has_value());
  CHECK(config::Seconds(faster->settings.worlds[0].trace.requests[4].at).count() == support::close(1, 0.1));
}

TEST_CASE("of a fleet's file one model takes part, the first or the one named") {
  const std::string fleet = std::string(SOURCE_DIR) + "/deploy/examples/fleet-deepseek-r1.yaml";
  SimulateOptions asked = options();
  asked.fleet = fleet;
  const config::Fleet found = setup_of(asked).settings.worlds[0].fleet;
  REQUIRE(found.models.size() == 1);
  CHECK(found.hosts.size() > 5);
  for (const config::SimulatedHost& host : found.hosts) CHECK(host.model.text == found.models[0].name.text);
  asked.model = found.models[0].name.text;
  CHECK(setup_of(asked).settings.worlds[0].fleet.hosts.size() == found.hosts.size());
  asked.model = found.models[0].name.text + "x";
  const config::Problem problem = problem_with(asked);
  CHECK(problem.path == "--model");
  CHECK(problem.suggestion == "did you mean `" + found.models[0].name.text + "`?");
}

TEST_CASE("policies are named, valued, or taken apart, and baselines come one by one or all") {
  SimulateOptions asked = options();
  asked.policies = {"balanced", "18 $/h", "balanced-hedge-cache"};
  asked.baselines = {"all", "random"};
  const SimulationSetup setup = setup_of(asked);
  std::vector<std::string> wanted{"balanced", "18 $/h", "balanced-hedge-cache"};
  wanted.insert(wanted.end(), routing::baseline_names().begin(), routing::baseline_names().end());
  CHECK(names(setup) == wanted);
  CHECK(setup.entrants[2].kind == Entrant::Kind::policy);
  CHECK(setup.entrants[3].kind == Entrant::Kind::baseline);

  const auto terms = [&](std::size_t which) {
    routing::SimulatedMarket market(setup.settings.worlds[0].fleet, routing::WorldFamily::drifting, 1, {},
                                    {});
    return setup.entrants[which].make(market, {})->terms();
  };
  CHECK(terms(0).value_of_ttft == support::close(3.6 / 3600));
  CHECK(terms(1).value_of_ttft == support::close(18.0 / 3600));
  CHECK(terms(0).hedge_budget > 0);
  CHECK(terms(2).hedge_budget == 0);
}

TEST_CASE("no two contenders have one name") {
  SimulateOptions asked = options();
  asked.policies = {"cheapest", "balanced", "cheapest"};
  asked.baselines = {"all"};
  std::vector<std::string> all = names(setup_of(asked));
  CHECK(std::ranges::count(all, "cheapest") == 1);
  CHECK(std::ranges::count(all, "cheapest-baseline") == 1);
  std::ranges::sort(all);
  CHECK(std::ranges::adjacent_find(all) == all.end());
}

TEST_CASE("a configuration's own policies take part, and its faults are told") {
  const support::ScratchDirectory directory;
  const std::string beginning =
      "providers:\n  p: { base_url: http://127.0.0.1:1/v1 }\n"
      "models:\n  m:\n    endpoints:\n"
      "      - { provider: p, host_model: m, context: 8 ktok, price: { input: 1 $/Mtok, output: 1 $/Mtok } "
      "}\n";
  std::ofstream(directory.file("good.yaml"))
      << beginning << "policies:\n  thrifty: { value_of_time: 0.5 $/h }\n";
  std::ofstream(directory.file("bad.yaml")) << beginning << "policies:\n  own: { minimize: price + ttft }\n";
  SimulateOptions asked = options();
  asked.policies = {"thrifty"};
  CHECK(problem_with(asked).path == "--policy");
  asked.config = directory.file("good.yaml");
  CHECK(names(setup_of(asked)) == std::vector<std::string>{"thrifty"});
  asked.config = directory.file("bad.yaml");
  asked.policies = {"own"};
  CHECK(problem_with(asked).path == "policies.own.minimize");
  // A contender's name stands in the tables as it is.
  std::ofstream(directory.file("bad.yaml")) << beginning << "policies:\n  \"own,2\": { extends: balanced }\n";
  CHECK(problem_with(asked).message.starts_with("a name here has at most 64 letters, digits, "));
  asked.policies = {"1,8 $/h"};
  asked.config.clear();
  CHECK(problem_with(asked).path == "--policy");
}

TEST_CASE("what cannot be understood is named by its option, with what may stand there") {
  const auto with = [](auto change) {
    SimulateOptions asked = options();
    change(asked);
    return problem_with(asked);
  };
  const config::Problem policy = with([](SimulateOptions& o) { o.policies = {"balancd"}; });
  CHECK(policy.path == "--policy");
  CHECK(policy.suggestion == "did you mean `balanced`?");
  const config::Problem baseline = with([](SimulateOptions& o) { o.baselines = {"randm"}; });
  CHECK(baseline.path == "--baseline");
  CHECK(baseline.suggestion.find("`random`") != std::string::npos);
  CHECK(with([](SimulateOptions& o) { o.fleet = "made-up:0"; }).path == "--fleet");
  CHECK(with([](SimulateOptions& o) { o.trace = "poisson:fast"; }).suggestion == "write `poisson:5.5`");
  CHECK(with([](SimulateOptions& o) { o.traffic = "talk"; }).path == "--traffic");
  CHECK(with([](SimulateOptions& o) { o.requests = 200'000'000; }).path == "--requests");
  CHECK(with([](SimulateOptions& o) { o.world = "flat"; }).path == "--world");
  for (const std::string value : {"", "18", "18 $/s", "-1 $/h", "x $/h"}) {
    CAPTURE(value);
    CHECK(with([&](SimulateOptions& o) { o.value_of_time = value; }).suggestion == "write `3.6 $/h`");
  }
}

TEST_CASE("all that is wrong is said at once") {
  SimulateOptions asked = options();
  asked.seeds = "none";
  asked.world = "flat";
  asked.value_of_time = "much";
  asked.baselines = {"luck"};
  config::Problems problems;
  CHECK_FALSE(simulation_setup(asked, problems).has_value());
  std::vector<std::string> paths;
  for (const config::Problem& each : problems) paths.push_back(each.path);
  CHECK(paths == std::vector<std::string>{"--value-of-time", "--baseline", "--seeds", "--world"});
}

TEST_CASE("who judges has values, a limit and threads of their own") {
  SimulateOptions asked = options();
  asked.value_of_time = "18$/h";
  asked.world = "regimes";
  asked.slo = 1.5;
  asked.jobs = 3;
  asked.failure_fine = 4;
  const ComparisonSettings settings = setup_of(asked).settings;
  CHECK(settings.failure_fine == 4);
  CHECK(settings.values.value_of_ttft == support::close(18.0 / 3600));
  CHECK(settings.values.value_of_generation == support::close(18.0 / 3600));
  CHECK(settings.worlds[0].family == routing::WorldFamily::regimes);
  CHECK(settings.slo.count() == 1.5);
  CHECK(settings.jobs == 3);
  asked.jobs = 0;
  CHECK(setup_of(asked).settings.jobs >= 1);
}

TEST_CASE(
    "drawn worlds are a tournament, one alone a comparison, and neither has a fleet or trace beside it") {
  SimulateOptions asked;
  asked.worlds = "12";
  SimulationSetup setup = setup_of(asked);
  REQUIRE(setup.tournament);
  CHECK(setup.tournament->first == 1);
  CHECK(setup.tournament->last == 12);
  CHECK(setup.requests == 6'000);
  asked.worlds = "1001-1200";
  CHECK(setup_of(asked).tournament->first == 1001);
  asked.worlds = "17-17";
  asked.requests = 40;
  asked.seeds = "1-2";
  setup = setup_of(asked);
  CHECK_FALSE(setup.tournament);
  REQUIRE(setup.settings.worlds.size() == 2);
  CHECK(setup.settings.worlds[1].trace.requests.size() == 40);
  for (const std::string wrong : {"", "0-", "9-3", "all", "1-2-3"}) {
    CAPTURE(wrong);
    asked.worlds = wrong;
    CHECK(problem_with(asked).path == (wrong.empty() ? "--fleet" : "--worlds"));
  }
  asked.worlds = "3";
  asked.fleet = "made-up:3";
  CHECK(problem_with(asked).path == "--worlds");
  asked = options();
  asked.trace.clear();
  CHECK(problem_with(asked).path == "--trace");
}

TEST_CASE("oracle and baselines may go only where the first policy may") {
  const support::ScratchDirectory directory;
  std::ofstream(directory.file("c.yaml")) << "providers:\n  p: { base_url: http://127.0.0.1:1/v1 }\n"
                                             "models:\n  m:\n    endpoints:\n"
                                             "      - { provider: p, host_model: m, context: 8 ktok, price: "
                                             "{ input: 1 $/Mtok, output: 1 $/Mtok } }\n"
                                             "policies:\n  small: { allow: \"jurisdiction in [US, EU]\" }\n";
  SimulateOptions asked = options();
  asked.config = directory.file("c.yaml");
  asked.policies = {"small", "balanced"};
  asked.baselines = {"random"};
  const SimulationSetup setup = setup_of(asked);
  const Comparison comparison = compare(setup.settings, setup.entrants, {});
  for (const Contestant& each : comparison.standings) {
    CAPTURE(each.name);
    // Balanced may go anywhere, and only now and then a stream breaks off.
    CHECK((each.sum.failures == 50) == (each.name != "balanced"));
  }
}
