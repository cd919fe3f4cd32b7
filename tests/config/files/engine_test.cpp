#include <doctest/doctest.h>

#include "config/files/check.hpp"
#include "config/files/load.hpp"
#include "tests/support/given_sources.hpp"

using namespace config;
using namespace std::chrono_literals;
using test::given_sources;

namespace {

std::string configuration(const std::string& provider, const std::string& endpoint) {
  return "providers:\n  gpu: {base_url: \"http://127.0.0.1:8000/v1\"" + provider +
         "}\nmodels:\n  m:\n    endpoints:\n      - {provider: gpu, host_model: q, context: 32 ktok" +
         endpoint + "}\n";
}

Loaded loaded(const std::string& provider, const std::string& endpoint) {
  return load(configuration(provider, endpoint), "isocost.yaml", given_sources());
}

std::string first_problem(const Loaded& loaded) {
  return loaded.problems.empty() ? "" : loaded.problems[0].message + "; " + loaded.problems[0].suggestion;
}

const std::string free_of_charge = ", price: {input: 0 $/Mtok, output: 0 $/Mtok}";

}  // namespace

TEST_CASE("an hour of a machine becomes prices of the tokens that fill it") {
  const Loaded good = loaded("", ", machine: {hour: 3.60 $/h, input: 20 ktok/s, output: 2500 tok/s}");
  REQUIRE_MESSAGE(good.settings, first_problem(good));
  const Prices& prices = good.settings->models[0].endpoints[0].prices;
  CHECK(prices.input.price.nanos == 50'000'000);    // 0.001 $/s over 20,000 tok/s is 0.05 $/Mtok
  CHECK(prices.output.price.nanos == 400'000'000);  // 0.001 $/s over 2,500 tok/s is 0.40 $/Mtok
  CHECK(prices.cache_read == PricePerMillionTokens{});
  CHECK(checked(good, "f").text.find(
            "`gpu` of `m`: 3.6 $/h is 0.05 $/Mtok of prompts and 0.4 $/Mtok of answers") !=
        std::string::npos);
}

TEST_CASE("a machine that works half of the time costs twice as much a token") {
  const Loaded good =
      loaded("", ", machine: {hour: 3.60 $/h, input: 20 ktok/s, output: 2500 tok/s, utilization: 50 %}");
  REQUIRE_MESSAGE(good.settings, first_problem(good));
  CHECK(good.settings->models[0].endpoints[0].prices.output.price.nanos == 800'000'000);
}

TEST_CASE("an endpoint has a price or a machine, and not both") {
  CHECK(first_problem(loaded("", "")).find("the key `price` is missing") == 0);
  const Loaded both =
      loaded("", free_of_charge + ", machine: {hour: 1 $/h, input: 10 tok/s, output: 10 tok/s}");
  CHECK(!both.settings);
  CHECK(first_problem(both).find("`price` says what it costs already") == 0);
}

TEST_CASE("amounts of a machine say their units") {
  CHECK(first_problem(loaded("", ", machine: {hour: 2, input: 10 tok/s, output: 10 tok/s}"))
            .find("write `2 $/h`") != std::string::npos);
  CHECK(first_problem(loaded("", ", machine: {hour: 2 $/h, input: 10, output: 10 tok/s}"))
            .find("write `10 tok/s`") != std::string::npos);
  CHECK(!loaded("", ", machine: {hour: 0 $/h, input: 10 tok/s, output: 10 tok/s}").settings);
  CHECK(!loaded("", ", machine: {hour: 2 $/h, input: 0 tok/s, output: 10 tok/s}").settings);
  CHECK(!loaded("", ", machine: {hour: 2 $/h, input: 5 tok/s, output: 10 tok/s, utilization: 0 %}").settings);
}

TEST_CASE("an engine is looked at where engines of its kind say how they are") {
  const auto engine = [](const std::string& said) {
    const Loaded good = loaded(", engine: {" + said + "}", free_of_charge);
    REQUIRE_MESSAGE(good.settings, first_problem(good));
    return *good.settings->providers[0].engine;
  };
  CHECK(engine("kind: vllm").health_path() == "/health");
  CHECK(engine("kind: vllm").load_path() == "/metrics");
  CHECK(engine("kind: llamacpp").load_path() == "/slots");
  CHECK(engine("kind: ollama").health_path() == "/api/version");
  CHECK(engine("kind: ollama").load_path() == "");
  CHECK(engine("kind: sglang, load: /prometheus, health: none").load_path() == "/prometheus");
  CHECK(engine("kind: sglang, load: /prometheus, health: none").health_path() == "");
  CHECK(engine("kind: tgi, interval: 250 ms, timeout: 2 s").interval == 250ms);
}

TEST_CASE("what no engine can be is refused with what is allowed") {
  CHECK(!loaded(", engine: {}", free_of_charge).settings);
  CHECK(first_problem(loaded(", engine: {kind: vlm}", free_of_charge)).find("vllm") != std::string::npos);
  CHECK(!loaded(", engine: {kind: vllm, health: health}", free_of_charge).settings);
  CHECK(!loaded(", engine: {kind: vllm, interval: 1 ms}", free_of_charge).settings);
}

TEST_CASE("addresses are looked up of a name alone") {
  CHECK(first_problem(loaded(", discovery: {}", free_of_charge)).find("`127.0.0.1` is an address already") ==
        0);
}
