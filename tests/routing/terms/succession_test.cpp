#include "routing/terms/succession.hpp"

#include <doctest/doctest.h>

#include "routing/terms/in_flight.hpp"
#include "tests/support/fleet.hpp"

using namespace routing;
using Before = std::vector<std::optional<EndpointIndex>>;

namespace {

// One provider that serves "large" and "small" under the model "m".
config::Settings one_provider() {
  config::Settings settings = support::settings_of({{.name = "p"}});
  auto& endpoints = settings.models[0].endpoints;
  endpoints[0].host_model = "large";
  endpoints.push_back(endpoints[0]);
  endpoints[1].name = {"p/small"};
  endpoints[1].host_model = "small";
  return settings;
}

Before between(const config::Settings& before, const config::Settings& now) {
  return predecessors(Catalogue(now, 2), Catalogue(before, 1));
}

}  // namespace

TEST_CASE("endpoints go on by what is asked of whom, not by their place or names") {
  const config::Settings before = one_provider();
  config::Settings now = before;
  CHECK(between(before, now) == Before{0, 1});
  std::swap(now.models[0].endpoints[0], now.models[0].endpoints[1]);
  CHECK(between(before, now) == Before{1, 0});
  now.models[0].name = {"n"};
  now.models[0].endpoints[0].name = {"p/tiny"};
  now.providers[0].jurisdiction = "US";
  CHECK(between(before, now) == Before{1, 0});
}

TEST_CASE("another host model, address or provider is another endpoint") {
  const config::Settings before = one_provider();
  config::Settings now = before;
  now.models[0].endpoints[0].host_model = "larger";
  CHECK(between(before, now) == Before{std::nullopt, 1});
  now.providers[0].base_url.path = "/v2";
  CHECK(between(before, now) == Before{std::nullopt, std::nullopt});
  now = before;
  now.providers[0].name = {"q"};
  CHECK(between(before, now) == Before{std::nullopt, std::nullopt});
}

TEST_CASE("of endpoints that ask the same, those of the same names go on in each other, and each once") {
  config::Settings before = one_provider();
  before.models[0].endpoints[1].host_model = "large";  // a variant at another price, say
  config::Settings now = before;
  std::swap(now.models[0].endpoints[0], now.models[0].endpoints[1]);
  CHECK(between(before, now) == Before{1, 0});
  now.models[0].endpoints[0].name = {"p/other"};
  CHECK(between(before, now) == Before{1, 0});
  now.models[0].endpoints.push_back(now.models[0].endpoints[0]);
  now.models[0].endpoints[2].name = {"p/third"};
  CHECK(between(before, now) == Before{1, 0, std::nullopt});
}

TEST_CASE("what is under way is counted by every generation it lasts through, and once") {
  const Catalogue first(one_provider(), 1);
  config::Settings changed = one_provider();
  std::swap(changed.models[0].endpoints[0], changed.models[0].endpoints[1]);
  changed.models[0].endpoints[1].prices.output = support::per_million(5);
  const Catalogue second(changed, 2);
  changed.models[0].endpoints.erase(changed.models[0].endpoints.begin() + 1);  // "large" goes
  const Catalogue third(changed, 3);

  InFlight of_first(first.endpoints().size());
  auto large = std::make_unique<Flight>(of_first.counter(0));
  auto small = std::make_unique<Flight>(of_first.counter(1));
  InFlight of_second(second, first, of_first);
  CHECK(of_second.at(0) == 1);
  CHECK(of_second.at(1) == 1);
  const auto another = std::make_unique<Flight>(of_second.counter(0));
  CHECK(of_first.at(1) == 2);
  const InFlight of_third(third, second, of_second);
  CHECK(of_third.at(0) == 2);
  large.reset();
  small.reset();
  CHECK(of_first.at(0) == 0);
  CHECK(of_second.at(1) == 0);
  CHECK(of_third.at(0) == 1);
}

TEST_CASE("successors are predecessors seen from the other side") {
  const config::Settings before = one_provider();
  config::Settings now = before;
  std::swap(now.models[0].endpoints[0], now.models[0].endpoints[1]);
  now.models[0].endpoints[1].host_model = "larger";
  CHECK(successors(Catalogue(before, 1), Catalogue(now, 2)) == Before{std::nullopt, 0});
  CHECK(predecessors(Catalogue(now, 2), Catalogue(before, 1)) == Before{1, std::nullopt});
}
