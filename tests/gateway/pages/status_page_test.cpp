#include "gateway/pages/status_page.hpp"

#include <doctest/doctest.h>

#include <boost/json.hpp>

#include "tests/support/close.hpp"
#include "tests/support/three_hosts.hpp"

using namespace std::chrono_literals;
namespace json = boost::json;

namespace {

const config::TimePoint start{1000s};

struct World {
  std::shared_ptr<const routing::Catalogue> catalogue = tests::catalogue_of(tests::three_hosts(), 5);
  routing::Snapshot snapshot = tests::snapshot_of(catalogue);
  routing::InFlight in_flight{catalogue->endpoints().size()};
  gateway::Traffic traffic{catalogue, start};

  std::string text(config::Duration after) const {
    return gateway::status_page({.version = "0.1.0",
                                 .snapshot = snapshot,
                                 .in_flight = in_flight,
                                 .traffic = traffic,
                                 .now = start + after});
  }
  json::value page(config::Duration after) const { return json::parse(text(after)); }
};

}  // namespace

TEST_CASE("the page shows where requests went, what they cost and how the hosts are doing") {
  World world;
  for (int i = 0; i < 3; ++i) world.traffic.record(tests::answered(world.catalogue, 1), start + 10s);
  world.traffic.record(tests::answered(world.catalogue, 0), start + 10s);
  world.snapshot.endpoints[1].measured.ttft = {.p50 = 0.4, .p75 = 0.5, .p90 = 0.9, .p95 = 1, .p99 = 2};
  world.snapshot.endpoints[1].measured.uptime = 0.99;
  world.snapshot.taken = start + 19'900ms;
  world.in_flight.counter(1).store(2);

  const json::value page = world.page(20s);
  const json::value& azure = page.at("endpoints").at(1);
  CHECK(azure.at("endpoint") == "azure");
  CHECK(azure.at("price_input") == 1.35);
  CHECK(azure.at("price_output") == 5.4);
  CHECK(azure.at("ttft_p50_ms") == 400);
  CHECK(azure.at("ttft_p90_ms") == 900);
  CHECK(azure.at("uptime") == 0.99);
  CHECK(azure.at("in_flight") == 2);
  CHECK(azure.at("state") == "serving");
  CHECK(azure.at("share_1m") == 0.75);
  CHECK(azure.at("share_5m") == 0.75);
  CHECK(azure.at("failures") == 0);
  CHECK(azure.at("dollars_per_1k").as_double() == support::close(1.2345));
  CHECK(azure.at("attempts") == 3);
  CHECK(azure.at("output_tokens") == 303);
  const json::value& gateway = page.at("gateway");
  CHECK(gateway.at("requests") == 4);
  CHECK(gateway.at("requests_per_second") == 0.2);
  CHECK(gateway.at("generation") == 5);
  CHECK(gateway.at("snapshot") == 7);
  CHECK(gateway.at("uptime_seconds") == 20);
  CHECK(gateway.at("snapshot_age_seconds") == 0.1);
}

TEST_CASE("shares follow the last minute and the last five minutes") {
  World world;
  world.traffic.record(tests::answered(world.catalogue, 0), start);
  world.traffic.record(tests::answered(world.catalogue, 1), start + 120s);
  const json::value page = world.page(121s);
  CHECK(page.at("endpoints").at(0).at("share_1m") == 0);
  CHECK(page.at("endpoints").at(0).at("share_5m") == 0.5);
  CHECK(page.at("endpoints").at(1).at("share_1m") == 1);
}

TEST_CASE("before any traffic everything live is null, and nothing divides by zero") {
  const World world;
  const json::value page = world.page(0s);
  for (const char* live : {"ttft_p50_ms", "tokens_per_second_p50", "uptime", "share_1m", "failures",
                           "dollars_per_1k", "back_in_seconds"}) {
    CHECK(page.at("endpoints").at(0).at(live).is_null());
  }
  CHECK(page.at("gateway").at("requests_per_second") == 0);
}

TEST_CASE(
    "what the next request would find is predicted, for prompts as they were and the load that is there") {
  World world;
  world.snapshot.endpoints[1].speed.prompt = {.base = 0.4, .per_kilotoken = 0.2};
  const auto predicted = [&](std::size_t row, const char* name) {
    return world.page(1s).at("endpoints").at(row).at(name).to_number<double>();
  };
  CHECK(predicted(1, "prompt_tokens_predicted_for") == 1'000);
  const double idle = predicted(1, "ttft_predicted_ms");
  CHECK(idle > 0);
  CHECK(predicted(1, "tokens_per_second_predicted") > 0);
  CHECK(predicted(1, "failure_predicted") == support::close(0.03));
  CHECK(predicted(3, "prompt_tokens_predicted_for") == 1'000);

  auto record = tests::answered(world.catalogue, 0);
  record.attempts[0].usage->prompt = {20'000};
  world.traffic.record(record, start);
  CHECK(predicted(1, "prompt_tokens_predicted_for") == 20'000);
  CHECK(predicted(3, "prompt_tokens_predicted_for") == 1'000);  // another model
  const double longer = predicted(1, "ttft_predicted_ms");
  CHECK(longer > 3 * idle);

  world.in_flight.counter(1).store(20);
  CHECK(predicted(1, "ttft_predicted_ms") > longer);
}

TEST_CASE("an endpoint's last failure says what was wrong and when") {
  World world;
  auto record = tests::answered(world.catalogue, 0);
  record.attempts[0].failure =
      routing::Failure{.kind = routing::FailureKind::tls, .tls = routing::TlsFault::expired};
  world.traffic.record(record, start + 1s);
  auto refused = tests::answered(world.catalogue, 1);
  refused.attempts[0].failure = routing::Failure{.kind = routing::FailureKind::credential, .status = 401};
  world.traffic.record(refused, start + 3s);
  const json::value page = world.page(5s);
  CHECK(page.at("endpoints").at(0).at("last_failure") == "tls expired");
  CHECK(page.at("endpoints").at(0).at("last_failure_text") ==
        "no TLS came about: its certificate has expired");
  CHECK(page.at("endpoints").at(0).at("last_failure_seconds_ago") == 4);
  CHECK(page.at("endpoints").at(1).at("last_failure") == "credential 401");
  CHECK(page.at("endpoints").at(1).at("last_failure_text") == "refused our key or balance, 401");
  CHECK(page.at("endpoints").at(2).at("last_failure").is_null());
  CHECK(page.at("endpoints").at(2).at("last_failure_text").is_null());
  CHECK(page.at("endpoints").at(2).at("last_failure_seconds_ago").is_null());
}

TEST_CASE("the page shows no credential") {
  CHECK(World().text(1s).find(tests::planted_secret) == std::string::npos);
}
