// Prompts whose length is only estimated: who is asked, and what a host's own word on it changes.
#include <doctest/doctest.h>

#include "routing/decision/retry.hpp"
#include "tests/support/close.hpp"
#include "tests/support/fleet.hpp"

using namespace std::chrono_literals;
using namespace routing;

namespace {

// The cheap "small" with 10,000 tokens of context, the dear "large" with 20,000.
struct TwoContexts {
  TwoContexts() {
    demand.model = catalogue->find("m");
    demand.max_output = config::Tokens{1'000};
    demand.deadline = now + 1min;
  }

  static config::Settings settings() {
    config::Settings result = support::settings_of({{.name = "small"}, {.name = "large", .output_price = 3}});
    result.models[0].endpoints[0].context = {10'000};
    result.models[0].endpoints[1].context = {20'000};
    return result;
  }

  // Those that may be asked with a prompt of so many tokens, the best first.
  std::string left(std::int64_t prompt) {
    demand.prompt = {prompt};
    plan(*market.snapshot(now), policy, demand, attempts, in_flight, {}, {.now = now}, decision);
    std::string names;
    for (const std::uint32_t i : decision.order) {
      names += (names.empty() ? "" : " ") + name_of(decision.verdicts[i].endpoint);
    }
    return names;
  }
  std::string name_of(EndpointIndex index) const {
    return catalogue->endpoints().at(index).settings->name.text;
  }

  Attempt refused(EndpointIndex endpoint, std::optional<config::Tokens> counted = {},
                  std::optional<config::Tokens> context = {}) const {
    return {.endpoint = endpoint,
            .generation = catalogue->generation(),
            .dispatched = now,
            .failure = Failure{.kind = FailureKind::too_long,
                               .progress = Progress::request_sent,
                               .status = 400,
                               .prompt = counted,
                               .context = context}};
  }
  Attempt answered(EndpointIndex endpoint, std::int64_t prompt) const {
    return {.endpoint = endpoint,
            .generation = catalogue->generation(),
            .dispatched = now,
            .finished = 1s,
            .usage = Usage{.prompt = {prompt}, .output = {10}}};
  }
  double scale(EndpointIndex endpoint) { return market.snapshot(now)->endpoints[endpoint].prompt_scale; }

  config::TimePoint now = config::TimePoint{} + 1h;
  std::shared_ptr<const Catalogue> catalogue = std::make_shared<const Catalogue>(settings(), 1);
  Market market{catalogue, now};
  InFlight in_flight{2};
  Policy policy;
  Demand demand;
  Attempts attempts;
  Decision decision;
};

constexpr EndpointIndex small = 0, large = 1;

}  // namespace

TEST_CASE("a prompt is refused only where it exceeds the context by more than a tenth of it") {
  TwoContexts world;
  CHECK(world.left(9'000) == "small large");
  // Where others surely have the room, the one that may not is left out.
  CHECK(world.left(9'001) == "large");
  CHECK(world.decision.verdicts[small].removal == Removal::context);
  CHECK(world.decision.verdicts[small].missed_by == 1);
  CHECK(world.left(19'000) == "large");
  // Where it surely fits nobody, the hosts may judge.
  CHECK(world.left(21'000) == "large");
  CHECK(world.left(21'001) == "");
  CHECK(world.decision.verdicts[large].removal == Removal::context);
}

TEST_CASE("the host that may be too small is asked when the others cannot be") {
  TwoContexts world;
  world.attempts = {world.answered(large, 9'500)};
  world.attempts[0].failure = Failure{.kind = FailureKind::server_error, .progress = Progress::request_sent};
  CHECK(world.left(9'500) == "small");
  CHECK(world.left(10'001) == "");
}

TEST_CASE("a prompt is as long as the endpoint's own counts have shown") {
  TwoContexts world;
  world.demand.prompt = {8'000};
  for (int i = 0; i < 50; ++i) {
    world.market.observe(world.answered(small, 6'400), world.demand, world.now);
    world.market.observe(world.answered(large, 9'600), world.demand, world.now);
  }
  CHECK(world.scale(small) == support::close(0.8, 0.01));
  CHECK(world.scale(large) == support::close(1.2, 0.01));
  CHECK(world.left(11'000).find("small") != std::string::npos);
  CHECK(world.left(17'000) == "large");
  CHECK(world.left(18'000) == "");
}

TEST_CASE("after a host found the prompt too long only larger contexts of its model are asked") {
  TwoContexts world;
  world.attempts = {world.refused(small)};
  CHECK(world.left(5'000) == "large");
  CHECK(std::holds_alternative<RetryAt>(
      after_failure(world.attempts, world.demand, world.policy, world.now, 0)));
  world.attempts = {world.refused(large)};
  CHECK(world.left(5'000) == "");
  CHECK(world.decision.verdicts[small].removal == Removal::context);
}

TEST_CASE("a host that finds a prompt too long corrects what is expected of its counts, and is not blamed") {
  TwoContexts world;
  world.demand.prompt = {9'000};
  SUBCASE("by its count of the prompt") {
    world.market.observe(world.refused(small, config::Tokens{13'500}), world.demand, world.now);
    CHECK(world.scale(small) == support::close(15'500.0 / 11'000));
    CHECK(world.left(9'000) == "large");
  }
  SUBCASE("without one, by its context") {
    world.demand.prompt = {8'500};
    world.market.observe(world.refused(small), world.demand, world.now);
    CHECK(world.scale(small) == support::close(11'000.0 / 10'500));
    // What was expected to be too long anyway teaches nothing.
    const double before = world.scale(small);
    world.demand.prompt = {9'400};
    world.market.observe(world.refused(small), world.demand, world.now);
    CHECK(world.scale(small) == before);
  }
  SUBCASE("by the context that it names, where it is smaller than the configured one") {
    world.demand.prompt = {4'000};
    world.market.observe(world.refused(small, {}, config::Tokens{4'500}), world.demand, world.now);
    CHECK(world.scale(small) == 1);
    world.demand.prompt = {3'000};
    world.market.observe(world.refused(small, {}, config::Tokens{4'500}), world.demand, world.now);
    CHECK(world.scale(small) == support::close(5'500.0 / 5'000));
  }
  const Health health = world.market.snapshot(world.now)->endpoints[small].health;
  CHECK(health.failures_in_a_row == 0);
  CHECK(health.breaker.phase(world.now) == Breaker::Phase::closed);
  CHECK(world.scale(large) == 1);
}
