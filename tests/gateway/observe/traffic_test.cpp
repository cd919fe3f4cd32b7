#include "gateway/observe/traffic.hpp"

#include <doctest/doctest.h>

#include "tests/support/three_hosts.hpp"

using namespace std::chrono_literals;

namespace {

const config::TimePoint start{1000s};

struct World {
  std::shared_ptr<const routing::Catalogue> catalogue = tests::catalogue_of(tests::three_hosts());
  gateway::Traffic traffic{catalogue, start};

  void answered(routing::EndpointIndex endpoint, config::Duration after) {
    traffic.record(tests::answered(catalogue, endpoint), start + after);
  }
};

}  // namespace

TEST_CASE("a window sums what its seconds saw and forgets what is older") {
  World world;
  world.answered(0, 0s);
  world.answered(0, 30s);
  world.answered(0, 59'999ms);
  world.answered(1, 59s);
  CHECK(world.traffic.of(0, 60s, start + 59s).attempts == 3);
  CHECK(world.traffic.of(0, 60s, start + 60s).attempts == 2);
  CHECK(world.traffic.of(0, 1s, start + 59s).attempts == 1);
  CHECK(world.traffic.of(0, 60s, start + 119s).attempts == 0);
  CHECK(world.traffic.of(0, 300s, start + 299s).attempts == 3);
  CHECK(world.traffic.of(1, 60s, start + 59s).attempts == 1);
  CHECK(world.traffic.requests(60s, start + 59s) == 4);
}

TEST_CASE("a second of an earlier round of the ring is not counted again") {
  World world;
  world.answered(0, 5s);
  world.answered(0, 305s);  // the same place in the ring
  CHECK(world.traffic.of(0, 300s, start + 305s).attempts == 1);
  CHECK(world.traffic.since_start(0).attempts == 2);
}

TEST_CASE(
    "a request that is at fault itself is no failure of the endpoint; the last failure is kept, and "
    "carried") {
  World world;
  auto record = tests::answered(world.catalogue, 1);
  record.attempts[0].failure =
      routing::Failure{.kind = routing::FailureKind::tls, .tls = routing::TlsFault::expired};
  world.traffic.record(record, start);
  record.attempts[0].failure = routing::Failure{.kind = routing::FailureKind::rejected, .status = 403};
  world.traffic.record(record, start + 1s);
  CHECK(world.traffic.of(1, 60s, start + 1s).failures == 1);
  world.traffic.adopt(tests::catalogue_of(tests::three_hosts(), 2));
  REQUIRE(world.traffic.last_failure(1));
  CHECK(world.traffic.last_failure(1)->kind == routing::FailureKind::tls);
  CHECK(world.traffic.last_failure(1)->tls == routing::TlsFault::expired);
  CHECK(world.traffic.last_failure(1)->learned == start);
  CHECK(!world.traffic.last_failure(0));
}

TEST_CASE("a page that is refused or is not there is no request that failed") {
  World world;
  auto record = tests::answered(world.catalogue, 1);
  record.attempts.clear();
  record.ending = gateway::Ending::refused;
  world.traffic.record(record, start, gateway::Traffic::Of::page);
  CHECK(world.traffic.requests(60s, start) == 0);
  CHECK(world.traffic.failed_since_start() == 0);
  world.traffic.record(record, start);
  CHECK(world.traffic.requests(60s, start) == 1);
  CHECK(world.traffic.failed_since_start() == 1);
}

TEST_CASE("tokens and dollars are summed, and a client that left is no failure of the endpoint") {
  World world;
  auto record = tests::answered(world.catalogue, 1);
  record.attempts[0].failure = routing::Failure{.kind = routing::FailureKind::client_left};
  world.traffic.record(record, start);
  record.attempts[0].failure->kind = routing::FailureKind::server_error;
  record.ending = gateway::Ending::refused;
  world.traffic.record(record, start);
  const gateway::Flow flow = world.traffic.of(1, 60s, start);
  CHECK(flow.attempts == 2);
  CHECK(flow.failures == 1);
  CHECK(flow.output_tokens == 202);
  CHECK(flow.prompt_tokens == 236);
  CHECK(flow.nanodollars == 2 * 1'234'500);
  CHECK(world.traffic.failed_since_start() == 1);
}

TEST_CASE("a reload moves the numbers along with their endpoints") {
  World world;
  world.answered(0, 1s);
  world.answered(1, 1s);
  const auto before = tests::answered(world.catalogue, 1);
  config::Settings settings = tests::three_hosts();
  settings.models[0].endpoints.erase(settings.models[0].endpoints.begin());
  const auto after = tests::catalogue_of(std::move(settings), 2);
  world.traffic.adopt(after);
  world.traffic.record(before, start + 2s);  // began before the reload; azure is 0 now
  CHECK(world.traffic.of(0, 60s, start + 2s).attempts == 2);
  CHECK(world.traffic.since_start(0).attempts == 2);
  CHECK(world.traffic.requests_since_start() == 3);
}

TEST_CASE(
    "what an endpoint did stays with it over a reload that moves and renames it, as what is learned does") {
  World world;
  world.answered(2, 0s);
  config::Settings settings = tests::three_hosts();
  auto& endpoints = settings.models[0].endpoints;
  endpoints[2].name = {"renamed"};
  std::swap(endpoints[0], endpoints[2]);
  const auto before = world.catalogue;
  world.catalogue = std::make_shared<const routing::Catalogue>(settings, 2);
  world.traffic.adopt(world.catalogue);
  CHECK(world.traffic.since_start(0).attempts == 1);
  CHECK(world.traffic.of(0, 60s, start + 1s).attempts == 1);
  CHECK(world.traffic.since_start(2).attempts == 0);
  world.traffic.record(tests::answered(before, 2), start + 2s);  // one that the reload overtook
  CHECK(world.traffic.since_start(0).attempts == 2);
}
