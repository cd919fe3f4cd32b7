#include "routing/simulation/simulation.hpp"

#include <doctest/doctest.h>

#include "routing/host_model/generated_fleet.hpp"
#include "routing/host_model/generated_trace.hpp"
#include "routing/host_model/host_draws.hpp"
#include "routing/simulation/entrants.hpp"
#include "tests/support/close.hpp"

namespace {

using namespace std::chrono_literals;
using routing::Scorecard;

config::SimulatedHost host(const std::string& name, double price, double ttft) {
  config::SimulatedHost result;
  result.name = {name};
  result.model = {"m"};
  result.prices.input = {{static_cast<std::int64_t>(price * 1e9)}};
  result.prices.output = {{static_cast<std::int64_t>(3 * price * 1e9)}};
  result.ttft.base = config::Seconds{ttft};
  return result;
}

config::Fleet fleet_of(std::vector<config::SimulatedHost> hosts) {
  config::Fleet fleet;
  fleet.models.emplace_back().name = {"m"};
  fleet.hosts = std::move(hosts);
  return fleet;
}

struct Setting {
  config::Fleet fleet;
  config::Trace trace;
  routing::WorldFamily family = routing::WorldFamily::drifting;
  std::uint64_t seed = 7;
  routing::Scenario::Stalls stalls = routing::Scenario::Stalls::cut;

  Scorecard run(const routing::MakeContender& contender) const {
    const routing::Scenario scenario{.fleet = &fleet,
                                     .trace = &trace,
                                     .family = family,
                                     .seed = seed,
                                     .values = {},
                                     .slo = config::Seconds{2},
                                     .stalls = stalls};
    return routing::simulate(scenario, contender);
  }
};

config::Trace steady(std::size_t requests, double per_second) {
  config::Trace trace;
  for (std::size_t i = 0; i < requests; ++i) {
    trace.requests.push_back(
        {.at = std::chrono::nanoseconds{static_cast<std::int64_t>(1e9 * static_cast<double>(i) / per_second)},
         .prompt = {1000},
         .output = {100}});
  }
  return trace;
}

routing::CoreParts without(routing::CorePart part) {
  return routing::CoreParts{}.set(static_cast<std::size_t>(part));
}

TEST_CASE("the same seed gives the same result to the last bit, and another seed another one") {
  Setting setting{.fleet = routing::generated_fleet(5, 3), .trace = steady(400, 4)};
  for (const std::string& name : {std::string("openrouter-2026"), std::string("isocost")}) {
    const auto make = name == "isocost" ? routing::make_core({}, {}) : routing::make_baseline(name);
    setting.seed = 7;
    const Scorecard first = setting.run(make), again = setting.run(make);
    CHECK(first.cost() == again.cost());
    CHECK(first.attempts == again.attempts);
    setting.seed = 8;
    CHECK(setting.run(make).cost() != first.cost());
  }
}

TEST_CASE("every request is answered or counted as failed, whoever decides and in both worlds") {
  std::vector<std::pair<std::string, routing::MakeContender>> all{{"core", routing::make_core({}, {})},
                                                                  {"oracle", routing::make_oracle({})}};
  for (const std::string& name : routing::baseline_names())
    all.emplace_back(name, routing::make_baseline(name));
  for (const auto family : {routing::WorldFamily::drifting, routing::WorldFamily::regimes}) {
    for (const auto& each : all) {
      CAPTURE(each.first);
      // Twice what four hosts can bear, so that queues, refusals and retries take part.
      const Setting setting{
          .fleet = routing::generated_fleet(4, 11), .trace = steady(1500, 30), .family = family};
      const Scorecard card = setting.run(each.second);
      CHECK(card.requests == 1500);
      CHECK(card.ttft.total() + card.failures == 1500);
      CHECK(card.attempts >= 1500 - card.failures);
      CHECK(card.dollars > 0);
    }
  }
}

TEST_CASE("a quiet host bills what its prices say") {
  Setting setting{.fleet = fleet_of({host("only", 2, 0.5)}), .trace = steady(50, 0.2)};
  const Scorecard card = setting.run(routing::make_baseline("random"));
  CHECK(card.failures == 0);
  // 1,000 tokens at 2 $ and 100 at 6 $ per million.
  CHECK(card.dollars == support::close(50 * (1000 * 2e-6 + 100 * 6e-6)));
  CHECK(card.ttft.quantile(0.5) == support::close(0.55, 0.1));
}

TEST_CASE(
    "the oracle and the core pick the cheap host when time is worth nothing, and the fast one when much") {
  const Setting setting{.fleet = fleet_of({host("cheap", 1, 4), host("fast", 2, 0.3)}),
                        .trace = steady(300, 1)};
  for (const auto& [value, wanted] : {std::pair{0.0, 0u}, std::pair{100.0, 1u}}) {
    routing::Policy policy;
    policy.value_of_ttft = policy.value_of_generation = value / 3600;
    const Scorecard oracle = setting.run(routing::make_oracle(policy));
    const Scorecard core = setting.run(routing::make_core(policy, {}));
    CHECK(oracle.hosts[wanted].answers == 300);
    CHECK(core.hosts[wanted].answers > 270);
  }
}

TEST_CASE("a host that is down for good is retried elsewhere and then left alone") {
  config::SimulatedHost down = host("down", 1, 0.3);
  down.outages =
      config::Outages{.when = {.scheduled = {{.at = {}, .length = config::Seconds{1e6}}}}, .status = 503};
  const Setting setting{.fleet = fleet_of({down, host("up", 2, 0.5)}), .trace = steady(300, 2)};
  const Scorecard core = setting.run(routing::make_core({}, {}));
  CHECK(core.failures == 0);
  CHECK(core.hosts[0].attempts < 40);
  CHECK(core.hosts[1].answers == 300);
}

TEST_CASE("a hedge is sent only where waiting is worth something, and within its budget") {
  config::SimulatedHost slow = host("slow", 1, 0.5);
  slow.mishaps.straggler = 0.05;
  slow.mishaps.straggler_factor = 40;
  slow.cancel_stops_billing = true;
  Setting setting{.fleet = fleet_of({slow, host("steady", 1.2, 0.7)}), .trace = steady(2000, 2)};
  routing::Policy impatient;
  impatient.value_of_ttft = impatient.value_of_generation = 60.0 / 3600;
  const Scorecard with = setting.run(routing::make_core(impatient, {}));
  const Scorecard never = setting.run(routing::make_core(impatient, without(routing::CorePart::hedge)));
  CHECK(with.hedges > 0);
  CHECK(with.hedges <= 2000 * 0.05 + 5);
  CHECK(never.hedges == 0);
  routing::Policy patient;
  patient.value_of_ttft = patient.value_of_generation = 0;
  CHECK(setting.run(routing::make_core(patient, {})).hedges == 0);
}

// What hedging gains where it must: deploy/routing_notes.md says where it gains little.
TEST_CASE(
    "at 18 $/h a fifth of the p99 of first tokens goes, for 3 % more dollars, where a host falls silent") {
  config::SimulatedHost slow = host("slow", 1, 0.5);
  slow.mishaps.straggler = 0.02;
  slow.mishaps.straggler_factor = 40;
  config::SimulatedHost other = host("steady", 1.2, 0.7);
  slow.cancel_stops_billing = other.cancel_stops_billing = true;
  const Setting setting{.fleet = fleet_of({slow, other}), .trace = steady(6000, 2)};
  routing::Policy policy;
  policy.value_of_ttft = policy.value_of_generation = 18.0 / 3600;
  const Scorecard with = setting.run(routing::make_core(policy, {}));
  const Scorecard never = setting.run(routing::make_core(policy, without(routing::CorePart::hedge)));
  REQUIRE(with.requests - with.failures >= 5000);
  CHECK(with.hedges > 0);
  CHECK(with.ttft.quantile(0.99) < 0.8 * never.ttft.quantile(0.99));
  CHECK(with.dollars < 1.03 * never.dollars);
}

TEST_CASE("a stalled stream is cut by the rule of progress, or waited for") {
  config::SimulatedHost stalling = host("stalling", 1, 0.3);
  stalling.mishaps.stall = 1;
  stalling.mishaps.stall_length = config::Seconds{30};
  Setting setting{.fleet = fleet_of({stalling}), .trace = steady(40, 0.1)};
  CHECK(setting.run(routing::make_baseline("random")).failures == 40);
  setting.stalls = routing::Scenario::Stalls::waited_for;
  const Scorecard waited = setting.run(routing::make_baseline("random"));
  CHECK(waited.failures == 0);
  CHECK(waited.total.quantile(0.5) > 30);
}

TEST_CASE("conversations are cheaper where their beginning is remembered, and the core knows it") {
  config::SimulatedHost first = host("first", 1, 0.5), second = host("second", 1, 0.5);
  for (config::SimulatedHost* each : {&first, &second}) {
    each->prompt_cache = config::PromptCacheBehaviour{};
    each->prices.cache_read = config::PricePerMillionTokens{{100'000'000}};
    each->ttft.per_1000_prompt = config::Seconds{0.4};
  }
  Setting setting{.fleet = fleet_of({first, second}), .trace = {}};
  setting.trace = routing::generated_trace(
      {.arrivals = routing::Arrivals::conversations, .per_second = 2, .requests = 2000}, 5);
  const Scorecard aware = setting.run(routing::make_core({}, {}));
  const Scorecard blind = setting.run(routing::make_core({}, without(routing::CorePart::cache)));
  CHECK(aware.dollars < 0.95 * blind.dollars);
}

TEST_CASE("prices that change in the middle change the choice") {
  config::SimulatedHost rising = host("rising", 1, 0.5);
  config::Prices dear;
  dear.input = {{50'000'000'000}};
  dear.output = {{150'000'000'000}};
  rising.price_changes.push_back({.at = config::Seconds{300}, .prices = dear});
  const Setting setting{.fleet = fleet_of({rising, host("steady", 3, 0.5)}), .trace = steady(600, 1)};
  const Scorecard card = setting.run(routing::make_core({}, {}));
  CHECK(card.hosts[0].answers > 250);
  CHECK(card.hosts[0].answers < 390);
}

TEST_CASE("a host whose calls become worse is asked less, the more a policy minds") {
  std::vector<config::SimulatedHost> hosts{host("worse", 1, 0.5), host("right", 1.05, 0.5),
                                           host("other", 1.1, 0.5)};
  for (config::SimulatedHost& each : hosts) {
    each.features.set(static_cast<std::size_t>(config::Feature::tools));
    each.mishaps.lapses = {{.at = 0s, .share = 0.02}};
  }
  hosts[0].mishaps.lapses.push_back({.at = 400s, .share = 0.15});
  const Setting setting{.fleet = fleet_of(hosts), .trace = steady(8'000, 4)};
  const auto lapses = [&](double demotion) {
    routing::Policy policy{.name = {"p"}};
    policy.demotion = demotion;
    const Scorecard card = setting.run(routing::make_core(policy, {}));
    CHECK(card.failures == 0);
    return card.lapses;
  };
  const std::uint64_t minding = lapses(2), not_minding = lapses(1);
  CAPTURE(minding);
  CAPTURE(not_minding);
  CHECK(minding < 0.6 * static_cast<double>(not_minding));
  CHECK(not_minding > 400);
}

}  // namespace

TEST_CASE("each of a burst is placed by those before it: hosts that run few at once are not piled upon") {
  // Three hosts alike, four requests at once each; twelve come in one moment, every half a minute.
  std::vector<config::SimulatedHost> hosts;
  for (const char* name : {"a", "b", "c"}) {
    hosts.push_back(host(name, 1, 0.3));
    hosts.back().batch = {.slots = 4, .queue = 100};
    hosts.back().ttft.load = hosts.back().speed.load = 0;
  }
  Setting setting{.fleet = fleet_of(hosts), .trace = {}};
  constexpr std::size_t bursts = 200, in_burst = 12;
  for (std::size_t i = 0; i < bursts * in_burst; ++i) {
    setting.trace.requests.push_back(
        {.at = std::chrono::seconds(30 * (i / in_burst)), .prompt = {100}, .output = {300}});
  }
  const Scorecard ours = setting.run(routing::make_core({}, {}));
  routing::CoreParts smooth;
  smooth.set(static_cast<std::size_t>(routing::CorePart::thresholds));
  const Scorecard without = setting.run(routing::make_core({}, smooth));
  // With a slot for everybody nobody waits the five seconds that another one's answer takes.
  CHECK(ours.ttft.quantile(0.9) < 1.5);
  CHECK(ours.cost() <= without.cost());
}
