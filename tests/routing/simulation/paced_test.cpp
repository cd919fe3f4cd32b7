// A policy's budget over simulated days.
#include <doctest/doctest.h>

#include "routing/simulation/entrants.hpp"
#include "routing/simulation/simulation.hpp"
#include "tests/support/close.hpp"

namespace {

config::SimulatedHost host(const std::string& name, double price, double ttft) {
  config::SimulatedHost result;
  result.name = {name};
  result.model = {"m"};
  result.prices.input = {{static_cast<std::int64_t>(price * 1e9)}};
  result.prices.output = {{static_cast<std::int64_t>(3 * price * 1e9)}};
  result.ttft.base = config::Seconds{ttft};
  return result;
}

// Three hosts, of which the dearer is the faster, and a request every ten seconds for a day.
struct Market {
  Market() {
    fleet.models.emplace_back().name = {"m"};
    fleet.hosts = {host("slow", 0.3, 3), host("middle", 1, 1.5), host("fast", 3, 0.4)};
    for (int i = 0; i < 8'640; ++i) {
      trace.requests.push_back({.at = std::chrono::seconds(10) * i, .prompt = {1000}, .output = {100}});
    }
  }
  routing::Scorecard run(std::optional<double> budget) const {
    routing::Policy policy;
    policy.value_of_ttft = policy.value_of_generation = 18.0 / 3600;
    policy.budget = budget;
    const routing::Scenario scenario{.fleet = &fleet, .trace = &trace, .seed = 7, .values = {}};
    return routing::simulate(scenario, routing::make_core(policy, {}));
  }

  config::Fleet fleet;
  config::Trace trace;
};

}  // namespace

TEST_CASE("a budget of three fifths of what would be spent is kept, and nobody is refused for it") {
  const Market market;
  const routing::Scorecard as_they_come = market.run({});
  const double budget = 0.6 * as_they_come.dollars;
  const routing::Scorecard paced = market.run(budget);
  MESSAGE("spent " << paced.dollars / budget << " of it; mean TTFT " << paced.ttft.mean() << " s instead of "
                   << as_they_come.ttft.mean() << " s");
  CHECK(paced.dollars == support::close(budget, 0.04));
  CHECK(paced.failures <= as_they_come.failures);
  CHECK(paced.ttft.mean() > as_they_come.ttft.mean());
  // Money is spread over the day, and so is the slowness: no hour is as slow as without money.
  CHECK(paced.ttft.mean() < market.run(0.2 * as_they_come.dollars).ttft.mean());
}

TEST_CASE("an ample budget changes nothing") {
  const Market market;
  const routing::Scorecard as_they_come = market.run({});
  const routing::Scorecard ample = market.run(1.5 * as_they_come.dollars);
  CHECK(ample.dollars == as_they_come.dollars);
  CHECK(ample.cost() == as_they_come.cost());
}

TEST_CASE("a budget that no host is cheap enough for is overrun, and all are answered") {
  const Market market;
  const routing::Scorecard starved = market.run(0.01);
  CHECK(starved.failures == 0);
  CHECK(starved.dollars > 0.01);
  CHECK(static_cast<double>(starved.hosts[2].answers) < 0.05 * static_cast<double>(starved.requests));
}
