// Which prices hold on which occasion, and whether rules leave a hole.
#include "config/values/prices.hpp"

#include <doctest/doctest.h>

#include <chrono>

#include "config/values/price_coverage.hpp"

using namespace std::chrono_literals;
using config::Occasion;
using config::PriceConditions;
using config::PriceRule;
using config::ServiceTier;
using config::Tokens;

namespace {

config::WallTime at(int year, unsigned month, unsigned day, std::chrono::minutes since_midnight = 0min) {
  return std::chrono::sys_days(std::chrono::year(year) / month / day) + since_midnight;
}

std::int64_t day(int year, unsigned month, unsigned day_of_month) {
  return std::chrono::duration_cast<std::chrono::seconds>(at(year, month, day_of_month).time_since_epoch())
      .count();
}

PriceConditions tier(ServiceTier tier, PriceConditions when = {}) {
  when.tiers.set(static_cast<std::size_t>(tier));
  return when;
}

config::DailyWindow hours(int from, int to) {
  return {{from}, {to}};
}

std::string hole(const std::vector<PriceConditions>& conditions, std::int64_t context = 1'000'000) {
  std::vector<PriceRule> rules;
  for (const PriceConditions& when : conditions) rules.push_back({when, {}});
  const config::PriceCoverage coverage = config::coverage_of(rules, {context});
  return coverage.hole ? config::to_text(*coverage.hole) : "none";
}

std::vector<std::size_t> idle(const std::vector<PriceConditions>& conditions,
                              std::int64_t context = 1'000'000) {
  std::vector<PriceRule> rules;
  for (const PriceConditions& when : conditions) rules.push_back({when, {}});
  return config::coverage_of(rules, {context}).idle;
}

using Places = std::vector<std::size_t>;

}  // namespace

TEST_CASE("a cliff is crossed by the first token beyond it") {
  const PriceConditions when{.prompt_above = Tokens{200'000}};
  CHECK_FALSE(holds(when, {.prompt = {200'000}}));
  CHECK(holds(when, {.prompt = {200'001}}));
  const PriceConditions step{.prompt_above = Tokens{32'000}, .prompt_to = Tokens{128'000}};
  CHECK_FALSE(holds(step, {.prompt = {32'000}}));
  CHECK(holds(step, {.prompt = {128'000}}));
  CHECK_FALSE(holds(step, {.prompt = {128'001}}));
}

TEST_CASE("hours are UTC and may go over midnight, and the day is that of the moment") {
  const PriceConditions night{.hours = hours(16 * 60 + 30, 30)};
  CHECK_FALSE(holds(night, {.at = at(2026, 11, 18, 16h + 29min)}));
  CHECK(holds(night, {.at = at(2026, 11, 18, 16h + 30min)}));
  CHECK(holds(night, {.at = at(2026, 11, 19, 29min)}));
  CHECK_FALSE(holds(night, {.at = at(2026, 11, 19, 30min)}));
  PriceConditions wednesdays;
  wednesdays.weekdays.set(2);
  CHECK(holds(wednesdays, {.at = at(2026, 11, 18)}));
  CHECK(holds(wednesdays, {.at = at(2026, 11, 19) - 1ns}));
  CHECK_FALSE(holds(wednesdays, {.at = at(2026, 11, 19)}));
}

TEST_CASE("what holds for a time holds from its first moment until its last is over") {
  const PriceConditions december{.from = day(2026, 12, 1), .until = day(2027, 1, 1)};
  CHECK_FALSE(holds(december, {.at = at(2026, 12, 1) - 1ns}));
  CHECK(holds(december, {.at = at(2026, 12, 1)}));
  CHECK(holds(december, {.at = at(2027, 1, 1) - 1ns}));
  CHECK_FALSE(holds(december, {.at = at(2027, 1, 1)}));
}

TEST_CASE("service tiers are known by the words that hosts have for them") {
  CHECK(config::service_tier_of("default") == ServiceTier::standard);
  CHECK(config::service_tier_of("on_demand") == ServiceTier::standard);
  CHECK(config::service_tier_of("ON_DEMAND_OFFPEAK") == ServiceTier::off_peak);
  CHECK(config::service_tier_of("PROVISIONED_THROUGHPUT") == ServiceTier::reserved);
  CHECK(config::service_tier_of("ON_DEMAND_FLEX") == ServiceTier::flex);
  CHECK(config::service_tier_of("priority") == ServiceTier::priority);
  CHECK_FALSE(config::service_tier_of("auto"));
  CHECK_FALSE(config::service_tier_of(""));
}

TEST_CASE("the first rule that holds is taken") {
  const std::vector<PriceRule> rules{
      {tier(ServiceTier::flex, {.prompt_above = Tokens{100}}), {.input = {{1}}}},
      {tier(ServiceTier::flex), {.input = {{2}}}},
      {{.prompt_above = Tokens{100}}, {.input = {{3}}}}};
  const auto found = [&](const Occasion& occasion) {
    const PriceRule* rule = config::rule_for(rules, occasion);
    return rule ? rule->prices.input.price.nanos : 0;
  };
  CHECK(found({.prompt = {101}, .tier = ServiceTier::flex}) == 1);
  CHECK(found({.prompt = {100}, .tier = ServiceTier::flex}) == 2);
  CHECK(found({.prompt = {101}, .tier = ServiceTier::priority}) == 3);
  CHECK(found({.prompt = {100}}) == 0);
}

TEST_CASE("a hole is said as widely as it is one") {
  CHECK(hole({{.prompt_to = Tokens{200'000}}, {.prompt_above = Tokens{200'000}}}) == "none");
  CHECK(hole({{.prompt_to = Tokens{200'000}}}) == "prompts above 200,000 tokens");
  CHECK(hole({{.prompt_to = Tokens{200'000}}}, 200'000) == "none");
  CHECK(hole({{.prompt_to = Tokens{100'000}}, {.prompt_above = Tokens{200'000}}}) ==
        "prompts of 100,001 to 200,000 tokens");
  CHECK(hole({{.hours = hours(30, 16 * 60 + 30)}}) == "16:30-00:30 UTC");
  CHECK(hole({{.hours = hours(30, 16 * 60 + 30)}, {.hours = hours(16 * 60 + 30, 30)}}) == "none");
  CHECK(hole({{.from = day(2026, 12, 1)}}) == "until 2026-12-01");
  CHECK(hole({tier(ServiceTier::standard)}) ==
        "service tier flex/priority/batch/scale/fast/off_peak/reserved");
  CHECK(hole({{.prompt_to = Tokens{200'000}}, {.prompt_above = Tokens{200'000}, .hours = hours(0, 720)}}) ==
        "prompts above 200,000 tokens, 12:00-00:00 UTC");
  PriceConditions workdays;
  for (std::size_t i = 0; i < 5; ++i) workdays.weekdays.set(i);
  CHECK(hole({workdays}) == "sat");
}

TEST_CASE("a rule for places holds where the occasion names one of them, and leaves the others over") {
  const PriceConditions there{.geos = {config::GeoWord("us"), config::GeoWord("ca")}};
  CHECK(holds(there, {.geo = config::GeoWord("ca")}));
  CHECK_FALSE(holds(there, {.geo = config::GeoWord("global")}));
  CHECK_FALSE(holds(there, {}));
  CHECK(config::to_text(there) == "inference in us/ca");
  CHECK(hole({there}) == "inference not in us/ca");
  CHECK(hole({there, {.prompt_above = Tokens{100}}}) == "prompts up to 100 tokens, inference not in us/ca");
  CHECK(idle({there, {.geos = {config::GeoWord("us")}}, {.geos = {config::GeoWord("eu")}}}) == Places{1});
}

TEST_CASE("a rule that can never apply is found") {
  CHECK(idle({{.prompt_above = Tokens{200'000}}}) == Places{});
  CHECK(idle({{.prompt_above = Tokens{200'000}}}, 200'000) == Places{0});
  CHECK(idle({{.prompt_above = Tokens{100'000}}, {.prompt_above = Tokens{200'000}}}) == Places{1});
  CHECK(idle({{.prompt_above = Tokens{200'000}}, {.prompt_above = Tokens{100'000}}}) == Places{});
  CHECK(idle({{.hours = hours(60, 60)}}) == Places{0});
  CHECK(idle({{.from = day(2027, 1, 1), .until = day(2026, 1, 1)}}) == Places{0});
  CHECK(idle({{.prompt_above = Tokens{9}, .prompt_to = Tokens{9}}}) == Places{0});
  // Together, those before it leave nothing.
  CHECK(idle({{.hours = hours(0, 720)}, {.hours = hours(720, 0)}, tier(ServiceTier::flex)}) == Places{2});
}
