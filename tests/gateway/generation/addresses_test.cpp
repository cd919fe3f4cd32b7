#include "gateway/generation/addresses.hpp"

#include <doctest/doctest.h>

#include <memory>

#include "routing/terms/catalogue.hpp"
#include "routing/terms/succession.hpp"
#include "tests/support/fleet.hpp"

using namespace std::chrono_literals;
using gateway::at_each_address;

namespace {

// A model at `gpu`, in two variants there, and at `dear`.
config::Settings said() {
  config::Settings settings = support::settings_of({{.name = "gpu"}, {.name = "dear"}});
  settings.providers[0].base_url = {config::BaseUrl::Scheme::http, "vllm.internal", 8000, "/v1"};
  settings.providers[0].discovery = config::DiscoverySettings{.interval = 2s};
  std::vector<config::EndpointSettings>& endpoints = settings.models[0].endpoints;
  endpoints.insert(endpoints.begin() + 1, endpoints[0]);
  endpoints[1].variant = "fp8";
  endpoints[1].name = {"gpu/fp8"};
  return settings;
}

std::vector<std::string> names(const config::Settings& settings) {
  std::vector<std::string> all;
  for (const auto& endpoint : settings.models[0].endpoints) all.push_back(endpoint.name.text);
  return all;
}

}  // namespace

TEST_CASE("each address of a name is a host with endpoints of its own, and others stay as they are") {
  const config::Settings now = at_each_address(said(), {{"vllm.internal", {"10.0.0.1", "10.0.0.2"}}});
  CHECK(names(now) == std::vector<std::string>{"gpu/10.0.0.1", "gpu/10.0.0.2", "gpu/fp8@10.0.0.1",
                                               "gpu/fp8@10.0.0.2", "dear"});
  REQUIRE(now.providers.size() == 3);
  CHECK(now.providers[1].address == "10.0.0.2");
  CHECK(now.providers[1].name.text == "gpu");
  CHECK(now.models[0].endpoints[3].provider_index == 1);
  CHECK(now.models[0].endpoints[4].provider_index == 2);
}

TEST_CASE("a name of which nothing is known stays one host") {
  CHECK(names(at_each_address(said(), {})) == names(said()));
  CHECK(names(at_each_address(said(), {{"vllm.internal", {}}})) == names(said()));
  CHECK(gateway::names_to_find(said()) ==
        std::map<std::string, std::chrono::milliseconds>{{"vllm.internal", 2s}});
}

TEST_CASE("an address that stays goes on with what is known of it, whichever come and go beside it") {
  const auto catalogue = [](const std::vector<std::string>& addresses, std::uint64_t generation) {
    return std::make_unique<routing::Catalogue>(at_each_address(said(), {{"vllm.internal", addresses}}),
                                                generation);
  };
  const auto before = catalogue({"10.0.0.1", "10.0.0.2"}, 1), now = catalogue({"10.0.0.2", "10.0.0.3"}, 2);
  const auto from = routing::predecessors(*now, *before);
  CHECK(from[0] == routing::EndpointIndex{1});  // gpu/10.0.0.2
  CHECK(!from[1]);                              // gpu/10.0.0.3
  CHECK(from[2] == routing::EndpointIndex{3});  // gpu/fp8@10.0.0.2
  CHECK(from[4] == routing::EndpointIndex{4});  // dear
}
