// `price_rules` of an endpoint: what may be said, and what is found wrong with it.
#include <doctest/doctest.h>

#include <chrono>

#include "config/files/check.hpp"
#include "config/files/load.hpp"
#include "tests/support/given_sources.hpp"

namespace {

config::Loaded loaded(const std::string& of_endpoint) {
  const std::string text =
      "providers:\n  a:\n    base_url: https://a.example/v1\n"
      "models:\n  m:\n    endpoints:\n"
      "      - provider: a\n        host_model: m\n        context: 400 ktok\n" +
      of_endpoint;
  return config::load(text, "isocost.yaml", test::given_sources());
}

const std::string usual = "        price: {input: 1 $/Mtok, output: 4 $/Mtok}\n";

std::string rule(const std::string& when, const std::string& price = "{input: 2 $/Mtok, output: 6 $/Mtok}") {
  return "          - when: " + when + "\n            price: " + price + "\n";
}

config::EndpointSettings endpoint(const std::string& text) {
  const config::Loaded found = loaded(text);
  for (const config::Problem& problem : found.problems) FAIL_CHECK(config::to_text(problem));
  REQUIRE(found.settings);
  return found.settings->models.at(0).endpoints.at(0);
}

// The only problem that there is.
std::string problem(const std::string& text) {
  const config::Loaded found = loaded(text);
  REQUIRE(found.problems.size() == 1);
  const config::Problem& only = found.problems[0];
  return std::to_string(only.place.line) + ": " + only.path + ": " + only.message;
}

const std::string rules = "        price_rules:\n";

}  // namespace

TEST_CASE("prices that are over are named where the day is known") {
  const config::Loaded found = loaded(usual + rules + rule("{until: 2026-12-01}"));
  const auto said = [&](config::WallTime now) { return config::checked(found, "f", now).text; };
  const config::WallTime december = std::chrono::sys_days(std::chrono::year(2026) / 12 / 1);
  CHECK(said(december).find("`a` of `m`: its prices until 2026-12-01 are over\n") != std::string::npos);
  CHECK(said(december - std::chrono::seconds(1)).find("are over") == std::string::npos);
}

TEST_CASE("rules say when other prices hold, in the order in which they are looked at") {
  const config::EndpointSettings read =
      endpoint(usual + rules + rule("{prompt_above: 200 ktok, service_tier: [flex, batch]}") +
               rule(R"({hours: {from: "16:30", to: "00:30"}, weekdays: [mon, sun]})",
                    "{input: 0.135 $/Mtok, output: 0.55 $/Mtok}") +
               rule("{from: 2026-12-01, until: 2027-01-01}",
                    "{input: 2 $/Mtok, output: 6 $/Mtok, audio_input: 40 $/Mtok, audio_output: 80 $/Mtok, "
                    "reasoning: 3 $/Mtok, search: $0.01}"));
  REQUIRE(read.price_rules.size() == 3);
  CHECK(config::to_text(read.price_rules[0].when) == "prompts above 200,000 tokens, service tier flex/batch");
  CHECK(config::to_text(read.price_rules[1].when) == "mon/sun, 16:30-00:30 UTC");
  CHECK(read.price_rules[1].prices.input.price.nanos == 135'000'000);
  CHECK(config::to_text(read.price_rules[2].when) == "from 2026-12-01, until 2027-01-01");
  CHECK(read.price_rules[2].prices.audio_input->price.nanos == 40'000'000'000);
  CHECK(read.price_rules[2].prices.search.nanos == 10'000'000);
  CHECK(read.prices.output.price.nanos == 4'000'000'000);
}

TEST_CASE("prices may go by the place where the host says that it answers") {
  const config::EndpointSettings read =
      endpoint(usual + rules + rule("{inference_geo: us}") + rule("{inference_geo: [eu, uk]}"));
  REQUIRE(read.price_rules.size() == 2);
  CHECK(config::to_text(read.price_rules[0].when) == "inference in us");
  CHECK(config::to_text(read.price_rules[1].when) == "inference in eu/uk");
  CHECK(problem(usual + rules + rule("{inference_geo: 'U S'}")).find("such as `us`") != std::string::npos);
}

TEST_CASE(
    "without a price of its own an endpoint's rules must leave no hole, which is named where there is one") {
  const std::string short_ones = rules + rule("{prompt_to: 200 ktok}");
  const config::EndpointSettings whole = endpoint(short_ones + rule("{prompt_above: 200 ktok}"));
  CHECK(whole.prices.input.price.nanos == 2'000'000'000);  // what lists of models show
  CHECK(problem(short_ones) ==
        "10: models.m.endpoints[0].price_rules: no price holds for prompts above 200,000 tokens");
  CHECK(problem(short_ones + rule(R"({prompt_above: 200 ktok, hours: {from: "00:00", to: "12:00"}})")) ==
        "10: models.m.endpoints[0].price_rules: no price holds for prompts above 200,000 tokens, 12:00-00:00 "
        "UTC");
  CHECK(problem("") == "7: models.m.endpoints[0]: the key `price` is missing");
}

TEST_CASE("a rule that can never apply is an error where it stands") {
  CHECK(
      problem(usual + rules + rule("{prompt_above: 100 ktok}") + rule("{prompt_above: 200 ktok}")) ==
      "14: models.m.endpoints[0].price_rules[1].when: never holds, or only where a rule before it does: the "
      "first one that holds is taken");
  CHECK(problem(usual + rules + rule("{prompt_above: 400 ktok}")) ==
        "12: models.m.endpoints[0].price_rules[0].when: never holds: the context is 400000 tokens");
  const std::string warned =
      problem(usual + rules + rule("{prompt_to: 200 ktok}") + rule("{prompt_above: 200 ktok}"));
  CHECK(warned == "10: models.m.endpoints[0].price: never holds: the rules leave nothing over");
}

TEST_CASE("what a rule cannot say is refused with what it can") {
  CHECK(problem(usual + rules + rule("{}")).ends_with("a rule without conditions"));
  CHECK(problem(usual + rules + rule("{service_tier: cheap}")).find("allowed") != std::string::npos);
  CHECK(problem(usual + rules + rule("{prompt_over: 9 ktok}")).find("prompt_over") != std::string::npos);
  CHECK(problem(usual + rules + rule(R"({hours: {from: "24:00", to: "01:00"}})")).find("16:30") !=
        std::string::npos);
  CHECK(problem(usual + rules + rule("{prompt_above: 9 ktok}", "{input: 1 $/Mtok}"))
            .find("the key `output` is missing") != std::string::npos);
  CHECK(problem(usual + rules +
                rule("{prompt_above: 9 ktok}", "{input: 1 $/Mtok, output: 2 $/Mtok, cache_read: 3 $/Mtok}"))
            .find("more than the input price") != std::string::npos);
}

TEST_CASE("a picture has a price by the piece, which is looked at like any other") {
  const auto with = [](const std::string& image, const std::string& features = "[images]") {
    return "        features: " + features +
           "\n        price: {input: 1 $/Mtok, output: 4 $/Mtok, image: " + image + "}\n";
  };
  CHECK(endpoint(with("$0.0025")).prices.image.nanos == 2'500'000);
  CHECK(endpoint(usual).prices.image.nanos == 0);
  CHECK(problem(with("$5")) ==
        "11: models.m.endpoints[0].price.image: `$5` is an unusual price of a picture");
  CHECK(problem(with("$101")).find("at most $100") != std::string::npos);
  CHECK(problem(with("-$1")).find("image") != std::string::npos);
  CHECK(problem(with("$0.001, image_input: 2 $/Mtok")) ==
        "11: models.m.endpoints[0].price.image: pictures are paid by the piece and, with `image_input`, by "
        "their "
        "tokens");
  CHECK(problem(with("$0.001", "[tools]")) ==
        "11: models.m.endpoints[0].price.image: never holds: the endpoint takes no pictures");
}
