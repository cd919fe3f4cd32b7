#include "config/values/fleet.hpp"

#include <doctest/doctest.h>

#include <array>
#include <chrono>

using namespace std::chrono_literals;

namespace {

config::Prices price(std::int64_t dollars) {
  return {.input = {{dollars * 1'000'000'000}}};
}

config::Fleet two_hosts() {
  config::Fleet fleet;
  fleet.models = {{.name = {"maker/model"}, .aliases = {{"model"}}, .display_name = {}, .description = {}}};
  fleet.hosts.resize(2);
  fleet.hosts[0].name = {"cheap"};
  fleet.hosts[0].model = {"maker/model"};
  fleet.hosts[0].jurisdiction = "CN";
  fleet.hosts[0].prices = price(1);
  fleet.hosts[1].name = {"quick"};
  fleet.hosts[1].model = {"maker/model"};
  fleet.hosts[1].host_model = "model-v1";
  fleet.hosts[1].key = config::Secret{"sk-quick"};
  fleet.hosts[1].context = {65'536};
  return fleet;
}

}  // namespace

TEST_CASE("a fleet becomes providers and endpoints that point at its real ports") {
  const std::array<std::uint16_t, 2> ports{4001, 4002};
  const config::Settings settings = config::settings_for(two_hosts(), ports);
  REQUIRE(settings.providers.size() == 2);
  CHECK(settings.providers[0].name.text == "cheap");
  CHECK(settings.providers[0].display_name == "cheap");
  CHECK(settings.providers[0].jurisdiction == "CN");
  CHECK(settings.providers[0].credential.empty());
  CHECK(settings.providers[1].base_url.scheme == config::BaseUrl::Scheme::http);
  CHECK(settings.providers[1].base_url.host == "127.0.0.1");
  CHECK(settings.providers[1].base_url.port == 4002);
  CHECK(settings.providers[1].base_url.path == "/v1");
  CHECK(settings.providers[1].credential.reveal() == "sk-quick");
  REQUIRE(settings.models.size() == 1);
  CHECK(settings.models[0].aliases == std::vector<config::ModelName>{{"model"}});
  REQUIRE(settings.models[0].endpoints.size() == 2);
  CHECK(settings.models[0].endpoints[0].host_model == "maker/model");
  CHECK(settings.models[0].endpoints[0].prices.input.price.nanos == 1'000'000'000);
  CHECK(settings.models[0].endpoints[1].host_model == "model-v1");
  CHECK(settings.models[0].endpoints[1].provider_index == 1);
  CHECK(settings.models[0].endpoints[1].context.count == 65'536);
}

TEST_CASE("hosts listen in a row from the base port, unless they say otherwise") {
  config::Fleet fleet = two_hosts();
  CHECK(config::configured_port(fleet, 1) == 0);
  fleet.base_port = 9101;
  CHECK(config::configured_port(fleet, 0) == 9101);
  CHECK(config::configured_port(fleet, 1) == 9102);
  fleet.hosts[1].port = 0;
  CHECK(config::configured_port(fleet, 1) == 0);
}

TEST_CASE("prices change with time, and at certain hours go before that") {
  config::SimulatedHost host = two_hosts().hosts[0];
  host.price_changes = {{.at = 1h, .prices = price(2)}, {.at = 3h, .prices = price(3)}};
  host.price_windows = {{.when = {{16 * 60 + 30}, {30}}, .prices = price(9)}};
  struct Row {
    config::Seconds elapsed;
    int minute;
    std::int64_t dollars;
  };
  for (const Row& row : {Row{0s, 720, 1}, Row{3599s, 720, 1}, Row{1h, 720, 2}, Row{4h, 720, 3},
                         Row{4h, 989, 3}, Row{4h, 990, 9}, Row{0s, 29, 9}, Row{0s, 30, 1}}) {
    CAPTURE(row.minute);
    CHECK(config::prices_at(host, row.elapsed, {row.minute}).input.price.nanos ==
          row.dollars * 1'000'000'000);
  }
}
