#include "routing/terms/catalogue.hpp"

#include <doctest/doctest.h>

#include "tests/support/close.hpp"
#include "tests/support/small_market.hpp"

using namespace routing;

namespace {

// The four hosts of one model; "small" at the first two of them; the route "any" over both.
config::Settings settings() {
  config::Settings result = support::small_settings();
  config::ModelSettings small = result.models[0];
  small.name = {"small"};
  small.aliases = {};
  small.endpoints.resize(2);
  result.models.push_back(small);
  result.routes = {{.name = {"any"},
                    .members = {{.model = {"deepseek-r1"}, .quality_penalty = {}},
                                {.model = {"nobody"}, .quality_penalty = {}},
                                {.model = {"small"}, .quality_penalty = {3'000'000}}}}};
  return result;
}

}  // namespace

TEST_CASE("endpoints are numbered through all models, and each provider knows its own") {
  const Catalogue catalogue(settings(), 7);
  CHECK(catalogue.generation() == 7);
  REQUIRE(catalogue.endpoints().size() == 6);
  for (EndpointIndex i = 0; i < 6; ++i) CHECK(catalogue.endpoints()[i].index == i);
  CHECK(catalogue.endpoints()[3].model_index == 0);
  CHECK(catalogue.endpoints()[4].model_index == 1);
  CHECK(catalogue.endpoints()[4].model->name.text == "small");
  CHECK(catalogue.endpoints()[5].provider->name.text == "cloud");
  CHECK(catalogue.endpoints_of(0) == std::vector<EndpointIndex>{0, 4});
  CHECK(catalogue.endpoints_of(1) == std::vector<EndpointIndex>{1, 5});
  CHECK(catalogue.endpoints_of(3) == std::vector<EndpointIndex>{3});
  CHECK(catalogue.endpoints()[0].name_hash != catalogue.endpoints()[4].name_hash);
  CHECK(catalogue.endpoints()[0].name_hash != catalogue.endpoints()[1].name_hash);
}

TEST_CASE(
    "prices are dollars for a token; cached ones cost what others do, and writing nothing, unless it is "
    "said") {
  config::Settings priced = settings();
  priced.models[0].endpoints[1].prices.cache_read = support::per_million(0.5);
  priced.models[0].endpoints[1].prices.cache_write = support::per_million(0.25);
  priced.models[0].endpoints[1].prices.request = {2'000'000};
  const Catalogue catalogue(priced, 1);
  const Endpoint &maker = catalogue.endpoints()[0], &cloud = catalogue.endpoints()[1];
  CHECK(maker.dollars_per_input == support::close(0.55e-6));
  CHECK(maker.dollars_per_output == support::close(2.19e-6));
  CHECK(maker.dollars_per_cache_read == maker.dollars_per_input);
  CHECK(maker.dollars_per_cache_write == 0);
  CHECK(maker.dollars_per_request == 0);
  CHECK(cloud.dollars_per_cache_read == support::close(0.5e-6));
  CHECK(cloud.dollars_per_cache_write == support::close(0.25e-6));
  CHECK(cloud.dollars_per_request == support::close(0.002));
}

TEST_CASE(
    "models are found by their names, aliases and routes, and a route has the hosts of all its models") {
  const Catalogue catalogue(settings(), 1);
  REQUIRE(catalogue.models().size() == 3);
  CHECK(catalogue.find("deepseek/deepseek-r1") == &catalogue.models()[0]);
  CHECK(catalogue.find("deepseek-r1") == &catalogue.models()[0]);
  CHECK(catalogue.find("small") == &catalogue.models()[1]);
  CHECK_FALSE(catalogue.find("nobody"));
  CHECK_FALSE(catalogue.find(""));
  const PublicModel* any = catalogue.find("any");
  REQUIRE(any);
  CHECK_FALSE(any->model);
  CHECK(any->name.text == "any");
  CHECK(catalogue.find("small")->model == &catalogue.settings().models[1]);
  REQUIRE(any->candidates.size() == 6);
  for (std::size_t i = 0; i < 6; ++i) {
    CHECK(any->candidates[i].endpoint == i);
    CHECK(any->candidates[i].quality_penalty == (i < 4 ? 0.0 : config::Money{3'000'000}.dollars()));
  }
  REQUIRE(catalogue.models()[1].candidates.size() == 2);
  CHECK(catalogue.models()[1].candidates[0].endpoint == 4);
  CHECK(catalogue.models()[1].candidates[0].quality_penalty == 0);
}

TEST_CASE(
    "of names near to one that is not there up to three are told, the nearest first, and none that is far") {
  config::Settings many = settings();
  many.models[0].aliases = {{"small2"}, {"smaller"}, {"small-"}, {"smal"}};
  const Catalogue catalogue(many, 1);
  const std::vector<std::string> near = catalogue.near("small3");
  CHECK(near.size() == 3);
  for (const std::string& name : near) CHECK(name.starts_with("smal"));
  CHECK(near[0] != near[1]);
  CHECK(near[1] != near[2]);
  CHECK(catalogue.near("qqqqqqqqqqqqqq").empty());
  CHECK(Catalogue(settings(), 1).near("smal") == std::vector<std::string>{"small"});
}
