// A host that finds fault with the request itself: nobody else is asked for its model, other models are.
#include <doctest/doctest.h>

#include "routing/decision/retry.hpp"
#include "tests/support/fleet.hpp"

using namespace std::chrono_literals;
using namespace routing;

namespace {

// "m" and the dearer "small" at the hosts a and b, in this order; the route "any" over both.
struct TwoModels {
  TwoModels() {
    demand.model = catalogue->find("m");
    demand.fallbacks = {catalogue->find("small")};
    demand.prompt = {1'000};
    demand.deadline = now + 1min;
  }

  static config::Settings settings() {
    config::Settings result = support::settings_of({{.name = "a"}, {.name = "b", .output_price = 3}});
    for (config::EndpointSettings& endpoint : result.models[0].endpoints)
      endpoint.features.set(static_cast<std::size_t>(config::Feature::prefill));
    config::ModelSettings small = result.models[0];
    small.name = {"small"};
    for (config::EndpointSettings& endpoint : small.endpoints) endpoint.prices.output.price.nanos *= 10;
    result.models.push_back(small);
    result.routes = {
        {.name = {"any"},
         .members = {{.model = {"m"}, .quality_penalty = {}}, {.model = {"small"}, .quality_penalty = {}}}}};
    return result;
  }

  void tried(const std::string& endpoint, FailureKind kind, Progress progress = Progress::request_sent) {
    EndpointIndex index = 0;
    while (name_of(index) != endpoint) ++index;
    attempts.push_back({.endpoint = index,
                        .generation = catalogue->generation(),
                        .dispatched = now,
                        .failure = Failure{.kind = kind, .progress = progress}});
  }

  // Those that may be asked next, the best first.
  std::string left() {
    plan(*market.snapshot(now), policy, demand, attempts, in_flight, {}, {.now = now}, decision);
    std::string names;
    for (const std::uint32_t i : decision.order) {
      names += (names.empty() ? "" : " ") + name_of(decision.verdicts[i].endpoint);
    }
    return names;
  }
  bool goes_on() const {
    return std::holds_alternative<RetryAt>(after_failure(attempts, demand, policy, now, 0));
  }

  std::string name_of(EndpointIndex index) const {
    const Endpoint& endpoint = catalogue->endpoints().at(index);
    return endpoint.model->name.text + "@" + endpoint.settings->name.text;
  }

  const config::TimePoint now = config::TimePoint{} + 1h;
  std::shared_ptr<const Catalogue> catalogue = std::make_shared<const Catalogue>(settings(), 1);
  Market market{catalogue, now};
  InFlight in_flight{4};
  Policy policy;
  Demand demand;
  Attempts attempts;
  Decision decision;
};

}  // namespace

TEST_CASE("after a rejection the model's other hosts are left out, and the next model's are asked") {
  TwoModels world;
  CHECK(world.left() == "m@a m@b small@a small@b");
  world.tried("m@a", FailureKind::rejected);
  CHECK(world.goes_on());
  CHECK(world.left() == "small@a small@b");
  for (const EndpointIndex of_first : {0u, 1u}) {
    CHECK(world.decision.verdicts[of_first].removal == Removal::rejected);
    CHECK(world.decision.verdicts[of_first].rank == 0);
    CHECK(world.decision.verdicts[of_first].missed_by == 0);
  }

  world.tried("small@a", FailureKind::server_error);
  CHECK(world.left() == "small@b");
  world.tried("small@b", FailureKind::rejected);
  CHECK(world.left() == "");
}

TEST_CASE("any other failure leaves the model's other hosts in") {
  TwoModels world;
  for (const FailureKind kind : {FailureKind::server_error, FailureKind::credential,
                                 FailureKind::missing_model, FailureKind::rate_limited}) {
    CAPTURE(static_cast<int>(kind));
    world.attempts.clear();
    world.tried("m@a", kind);
    CHECK(world.left() == "m@b small@a small@b");
  }
}

TEST_CASE("a route goes on with its other models, a model by itself with none") {
  TwoModels world;
  world.demand.fallbacks.clear();
  SUBCASE("a route") {
    world.demand.model = world.catalogue->find("any");
    world.tried("small@b", FailureKind::rejected);
    CHECK(world.goes_on());
    CHECK(world.left() == "m@a m@b");
    world.tried("m@a", FailureKind::rejected);
    CHECK(world.left() == "");
  }
  SUBCASE("a model") {
    world.tried("m@a", FailureKind::rejected);
    CHECK(!world.goes_on());
    CHECK(world.left() == "");
  }
  SUBCASE("a model, and a route to fall back to that holds it too") {
    world.demand.fallbacks = {world.catalogue->find("any")};
    world.tried("m@a", FailureKind::rejected);
    CHECK(world.goes_on());
    CHECK(world.left() == "small@a small@b");
  }
}

TEST_CASE("a rejected model's host is not asked again where it never got the request or asked for a pause") {
  TwoModels world;
  world.demand.fallbacks.clear();
  SUBCASE("it could not be reached") {
    world.tried("m@a", FailureKind::connect, Progress::nothing_sent);
  }
  SUBCASE("it asked for a pause") {
    world.tried("m@a", FailureKind::rate_limited);
    world.attempts.back().failure->retry_after = 1s;
  }
  world.tried("m@b", FailureKind::rejected);
  CHECK(world.left() == "");
  CHECK(!world.decision.earliest);
}

TEST_CASE("a rejection under another generation, or by an endpoint that is not there, says nothing") {
  TwoModels world;
  world.tried("m@a", FailureKind::rejected);
  SUBCASE("another generation") {
    world.attempts.back().generation = 7;
  }
  SUBCASE("no such endpoint") {
    world.attempts.back().endpoint = 99;
  }
  CHECK(world.left() == "m@a m@b small@a small@b");
}

TEST_CASE("a stream that broke is gone on with by the model that began it alone") {
  TwoModels world;
  world.policy.continue_hops = 2;
  SUBCASE("though the request names another one to fall back to") {}
  SUBCASE("though it asked for any of several") {
    world.demand.model = world.catalogue->find("any");
    world.demand.fallbacks.clear();
  }
  world.tried("m@a", FailureKind::broken_stream, Progress::client_has_bytes);
  CHECK(world.left() == "m@a m@b");
  CHECK(std::ranges::count(world.decision.verdicts, Removal::other_model, &Verdict::removal) == 2);
  world.attempts.back().failure->progress = Progress::request_sent;
  CHECK(world.left() == "m@b small@a small@b");
}

TEST_CASE("where a stream broke nobody waits for a host of another model") {
  TwoModels world;
  world.policy.continue_hops = 2;
  world.tried("small@a", FailureKind::rate_limited);
  world.attempts.back().failure->retry_after = 5s;
  world.tried("m@b", FailureKind::server_error);
  world.tried("m@a", FailureKind::broken_stream, Progress::client_has_bytes);
  world.tried("m@a", FailureKind::server_error);
  world.attempts.back().reason = Reason::continues;
  CHECK(world.left().empty());
  CHECK(!world.decision.earliest);
}
