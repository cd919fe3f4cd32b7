// Decisions by the prices that this prompt meets, at this moment, at the tier that is asked for.
#include <doctest/doctest.h>

#include "routing/market/predict.hpp"
#include "tests/support/close.hpp"
#include "tests/support/fleet.hpp"

using namespace std::chrono_literals;
using namespace routing;
using support::per_million;

namespace {

config::PriceRule rule(config::PriceConditions when, double input, double output) {
  return {std::move(when), {.input = per_million(input), .output = per_million(output)}};
}

config::PriceConditions flex() {
  config::PriceConditions when;
  when.tiers.set(static_cast<std::size_t>(config::ServiceTier::flex));
  return when;
}

// Cheap for short prompts; with cheap nights; half the price for who can wait.
struct Shops final : support::World {
  Shops()
      : World({{.name = "cliff",
                .input_price = 1,
                .output_price = 4,
                .price_rules = {rule({.prompt_above = config::Tokens{20'000}}, 9, 36)}},
               {.name = "night",
                .input_price = 6,
                .output_price = 24,
                .price_rules = {rule({.hours = config::DailyWindow{{16 * 60 + 30}, {30}}}, 0.1, 0.4)}},
               {.name = "steady",
                .input_price = 3,
                .output_price = 12,
                .price_rules = {rule(flex(), 0.5, 2)}}}) {
    policy.value_of_ttft = policy.value_of_generation = 0;
    policy.explore = 0;
  }
  std::string chosen(std::int64_t prompt, config::Duration hour = 12h,
                     config::ServiceTier tier = config::ServiceTier::standard) {
    Demand asked = demand(prompt);
    asked.wall = config::WallTime(hour);
    asked.tier = tier;
    decide(asked);
    return decision.chosen ? hosts[*decision.chosen].name : "nobody";
  }
  const Verdict& of(const char* name) {
    return *std::ranges::find(decision.verdicts, index(name), &Verdict::endpoint);
  }
};

}  // namespace

TEST_CASE("a prompt beyond a host's cliff goes elsewhere, and the decision says by which rule") {
  Shops market;
  CHECK(market.chosen(20'000) == "cliff");
  CHECK(market.of("cliff").price_rule == -1);
  CHECK(market.chosen(20'001) == "steady");
  CHECK(market.of("cliff").price_rule == 0);
  CHECK(market.of("cliff").prediction.price ==
        support::close(9e-6 * 20'001 + 36e-6 * market.of("cliff").prediction.expected_output));
}

TEST_CASE("a host with cheap hours is asked in them") {
  Shops market;
  CHECK(market.chosen(1'000, 16h + 29min) == "cliff");
  CHECK(market.chosen(1'000, 16h + 30min) == "night");
  CHECK(market.chosen(1'000, 24h + 29min) == "night");
  CHECK(market.chosen(1'000, 24h + 30min) == "cliff");
}

TEST_CASE("who asks for a tier is reckoned its price") {
  Shops market;
  CHECK(market.chosen(1'000, 12h, config::ServiceTier::flex) == "steady");
  CHECK(market.of("steady").price_rule == 0);
}

TEST_CASE("who asks for a place, or whose host is asked for it, is reckoned the price of that place") {
  const auto rules = std::vector{rule({.geos = {config::GeoWord("us")}}, 5, 20)};
  support::World market({{.name = "by place", .input_price = 1, .output_price = 4, .price_rules = rules},
                         {.name = "steady", .input_price = 3, .output_price = 12}});
  market.policy.value_of_ttft = market.policy.value_of_generation = 0;
  market.policy.explore = 0;
  Demand asked = market.demand();
  CHECK(market.decide(asked).chosen == market.index("by place"));
  asked.geo = config::GeoWord("us");
  CHECK(market.decide(asked).chosen == market.index("steady"));
  config::Settings settings = support::settings_of(market.hosts);
  settings.providers[0].inference_geo = "us";
  const Catalogue there(settings, 2);
  CHECK(priced_for(there.endpoints()[0], {}, market.demand()).rule != nullptr);
  CHECK(priced_for(there.endpoints()[1], {}, market.demand()).rule == nullptr);
}

TEST_CASE("ceilings and rules of a policy are held against the price that holds") {
  Shops market;
  market.policy.overlay =
      std::make_shared<const Overlay>(ProviderPreferences{.max_price = {.completion = 20.0}});
  CHECK(market.chosen(30'000) == "steady");
  CHECK(market.of("cliff").removal == Removal::overlay);
  CHECK(market.chosen(10'000) == "cliff");
  CHECK(market.of("night").removal == Removal::overlay);
  CHECK(market.chosen(10'000, 20h) == "night");
}

TEST_CASE("a decision with rules is the same whenever it is taken again with the same time") {
  Shops market;
  for (int minute = 0; minute < 24 * 60; minute += 45) {
    const std::string first = market.chosen(1'000, std::chrono::minutes(minute));
    CHECK(market.chosen(1'000, std::chrono::minutes(minute)) == first);
  }
}
