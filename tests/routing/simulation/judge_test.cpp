#include "routing/simulation/judge.hpp"

#include <doctest/doctest.h>

#include "routing/host_model/generated_trace.hpp"
#include "tests/support/close.hpp"

using namespace std::chrono_literals;
using namespace routing;

namespace {

// One host at 1 $ a token of output, one request of 100 of them that wait a second and stream for another.
struct Court {
  config::Fleet fleet;
  config::Trace trace{.title = {}, .start = {}, .requests = {{.at = 1s, .prompt = {0}, .output = {100}}}};
  Scenario scenario;
  config::TimePoint now = config::TimePoint{} + 24h;
  std::unique_ptr<SimulatedMarket> market;
  Policy terms;
  SimulatedRequest request{0, terms};

  explicit Court(double fine) {
    fleet.models.emplace_back().name = {"m"};
    config::SimulatedHost host;
    host.name = {"a"};
    host.model = {"m"};
    host.prices.output = {{1'000'000'000'000'000}};
    host.ttft = {.base = config::Seconds{1}, .per_1000_prompt = config::Seconds{0}};
    host.speed.tokens_per_second = 100;
    fleet.hosts.push_back(host);
    scenario.fleet = &fleet;
    scenario.trace = &trace;
    scenario.failure_fine = fine;
    scenario.values.value_of_ttft = scenario.values.value_of_generation = 1;
    market = std::make_unique<SimulatedMarket>(fleet, WorldFamily::drifting, 1, now, config::WallTime{});
    begin(request, 1, trace.requests[0], 1);
    request.demand.admitted = now;
  }
};

Attempt answer(config::Duration first, config::Duration finished, config::TimePoint now) {
  return {.dispatched = now, .first_delta = first, .first_visible = first, .finished = finished};
}

}  // namespace

TEST_CASE("a request that nobody answers costs a multiple of an ordinary answer, beside what was waited") {
  for (const double fine : {2.0, 10.0}) {
    Court court(fine);
    Judge judge(court.scenario, *court.market);
    judge.arrived();
    judge.failed(court.request, court.now + 3s);
    // An ordinary answer: 100 $, a second until it begins and one until it ends.
    CHECK(judge.result().cost() == support::close(3 + fine * 102));
  }
}

TEST_CASE("nobody is better off refusing a request than letting it wait as long as the longest did") {
  Court court(2);
  Judge judge(court.scenario, *court.market);
  judge.arrived();
  judge.arrived();
  judge.answered(court.request, answer(500s, 501s, court.now));
  judge.failed(court.request, court.now);
  CHECK(judge.result().cost() == support::close((501 + 500) / 2.0, 0.01));
}

TEST_CASE("failures are counted by how the last attempt ended") {
  Court court(2);
  Judge judge(court.scenario, *court.market);
  judge.failed(court.request, court.now);
  Attempt refused;
  refused.failure = Failure{.kind = FailureKind::rate_limited};
  court.request.attempts.push_back(refused);
  judge.failed(court.request, court.now);
  judge.failed(court.request, court.now);
  const Scorecard card = judge.result();
  CHECK(card.failures == 3);
  CHECK(card.failed_because[Scorecard::nobody_asked] == 1);
  CHECK(card.failed_because[static_cast<std::size_t>(FailureKind::rate_limited)] == 2);
}
