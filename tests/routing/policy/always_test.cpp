// What holds under every policy, and who has which one: by header, suffix, rule, key or default.
#include "routing/policy/always.hpp"

#include <doctest/doctest.h>

#include "routing/policy/policy_set.hpp"
#include "routing/policy/reach.hpp"
#include "routing/policy/selection.hpp"
#include "tests/support/policies.hpp"
#include "tests/support/small_market.hpp"

using namespace routing;
using support::text;

namespace {

config::KeySettings key(std::string name, std::string team = "") {
  config::KeySettings settings;
  settings.name = {std::move(name)};
  settings.team = std::move(team);
  settings.place = {"isocost.yaml", 5, 3};
  return settings;
}

// The four hosts; the teams search and lab, and a key that may do less than its team.
config::Settings organised() {
  config::Settings settings = support::small_settings();
  settings.always.allow = text("jurisdiction in [US, EU]");
  settings.teams = {{.name = {"search"}, .always = {.allow = {}, .require = {text("not retains_prompts")}}},
                    {.name = {"lab"}, .always = {}}};
  settings.keys = {key("app", "search"), key("narrow", "search"), key("free", "lab")};
  settings.keys[1].always.allow = text("provider != cloud");
  return settings;
}

// What always holds of a policy, in order: "`jurisdiction in [US, EU]`".
std::string held(const Policy* policy) {
  std::string result;
  REQUIRE(policy);
  if (!policy->always) return "";
  for (const AlwaysRule& each : *policy->always) {
    result += (result.empty() ? "" : "; ") + each.rule.text + (each.whose.empty() ? "" : " of " + each.whose);
  }
  return result;
}

std::string all_problems(const config::Settings& settings) {
  config::Problems problems;
  compile(settings, problems);
  std::string result;
  for (const config::Problem& each : problems) result += config::to_text(each) + "\n";
  return result;
}

// The warnings about keys, each with its suggestion.
std::vector<std::string> reach(const config::Settings& settings) {
  config::Problems problems;
  check_reach(settings, Catalogue(settings, 0), problems);
  std::vector<std::string> result;
  for (const config::Problem& each : problems) {
    CHECK(each.severity == config::Severity::warning);
    result.push_back(each.path + ": " + each.message);
  }
  return result;
}
using Texts = std::vector<std::string>;

}  // namespace

TEST_CASE("every policy has what always holds for everybody, for the team and for the key") {
  const config::Settings settings = organised();
  const PolicySet set = support::compiled_set(settings);
  const std::string all = "jurisdiction in [US, EU]";
  const std::string team = all + "; not retains_prompts of the team `search`";
  for (const std::string& name : set.names()) {
    CHECK(held(set.find(name)) == all);
    CHECK(held(set.find(name, &settings.keys[0])) == team);
    CHECK(held(set.find(name, &settings.keys[1])) == team + "; provider != cloud of the key `narrow`");
    CHECK(held(set.find(name, &settings.keys[2])) == all);
  }
  support::SmallMarket market;
  for (const AskedPolicy asked : {AskedPolicy{}, AskedPolicy{.header = "cheapest", .suffix = {}},
                                  AskedPolicy{.header = {}, .suffix = "floor"}}) {
    market.demand.key = &settings.keys[0];
    const Selection selection = select_policy(set, market.demand, asked);
    CHECK(held(std::get<Choice>(selection).policy) == team);
  }
}

TEST_CASE("a key that is not in the configuration any more is held to what its team is") {
  const PolicySet set = support::compiled_set(organised());
  const config::KeySettings gone = key("gone", "search"), unknown = key("unknown");
  CHECK(held(set.find("cheapest", &gone)) ==
        "jurisdiction in [US, EU]; not retains_prompts of the team `search`");
  CHECK(held(set.find("cheapest", &unknown)) == "jurisdiction in [US, EU]");
}

TEST_CASE("a policy is another one in records where something else always holds, and else stays the same") {
  config::Settings settings = organised();
  const PolicySet set = support::compiled_set(settings);
  const std::uint64_t everybody = set.find("cheapest")->hash;
  CHECK(set.find("cheapest", &settings.keys[0])->hash != everybody);
  CHECK(set.find("cheapest", &settings.keys[2])->hash == everybody);
  settings.always = {};
  settings.teams.clear();
  settings.keys.clear();
  CHECK(support::compiled_set(settings).find("cheapest")->hash != everybody);
  CHECK(support::compiled_set(settings).find("cheapest")->hash ==
        support::compiled_set(support::small_settings()).find("cheapest")->hash);
}

TEST_CASE("mistakes in what always holds are named where they are, also between a team and everybody") {
  config::Settings settings = organised();
  settings.always.require = {text("retains_promps == false")};
  settings.teams[1].always.allow = text("stream + 1");
  settings.keys[1].always.allow = text("price.output <= 1 $/kelvin");
  const std::string problems = all_problems(settings);
  CHECK(problems.find("always.require[0]: there is no name `retains_promps`") != std::string::npos);
  CHECK(problems.find("teams.lab.always.allow: ") != std::string::npos);
  CHECK(problems.find("keys[1].always.allow: ") != std::string::npos);

  settings = organised();
  settings.always = {.allow = text("price.output <= 3 $/Mtok"), .require = {}};
  settings.teams[1].always.allow = text("price.output >= 4 $/Mtok");
  CHECK(all_problems(settings).find("teams.lab.always: `price.output >= 4 $/Mtok` and `price.output <= 3 "
                                    "$/Mtok` exclude each other") != std::string::npos);
}

TEST_CASE("a rule whose policy the key may not use is passed over, and the explanation knows") {
  config::Settings settings = support::small_settings();
  settings.rules = {{.when = text("stream"), .policy = {"fastest"}, .place = {}},
                    {.when = text("prompt >= 0 tok"), .policy = {"cheapest"}, .place = {}}};
  settings.keys = {key("narrow"), key("wide")};
  settings.keys[0].policies = {{"cheapest"}, {"batch"}};
  const PolicySet set = support::compiled_set(settings);
  support::SmallMarket market;
  market.demand.key = &settings.keys[0];
  CHECK(set.select(market.demand).policy->name.text == "cheapest");
  CHECK(set.select(market.demand).why == "rule 2: prompt >= 0 tok");
  REQUIRE(set.passed_over(market.demand).size() == 1);
  CHECK(set.passed_over(market.demand)[0] == "rule 1: stream: the key may not use its policy `fastest`");
  market.demand.key = &settings.keys[1];
  CHECK(set.select(market.demand).policy->name.text == "fastest");
  CHECK(set.passed_over(market.demand).empty());
}

TEST_CASE("a key that may not use the default policy gets the first of its own") {
  config::Settings settings = support::small_settings();
  settings.keys = {key("narrow")};
  settings.keys[0].policies = {{"batch"}, {"cheapest"}};
  settings.rules = {{.when = text("stream"), .policy = {"fastest"}, .place = {}}};
  const PolicySet set = support::compiled_set(settings);
  support::SmallMarket market;
  market.demand.key = &settings.keys[0];
  const Choice choice = set.select(market.demand);
  CHECK(choice.policy->name.text == "batch");
  CHECK(choice.why == "the first policy that the key may use, since it may not use the default one");
}

TEST_CASE("each key is warned of that can ask for a policy with a laxer `allow` than its default's") {
  config::Settings settings = support::small_settings();
  config::PolicySettings eu = support::policy_named("eu"), tighter = support::policy_named("tighter");
  eu.allow = text("jurisdiction in [EU, US] and price.output <= 3 $/Mtok");
  tighter.allow = text("jurisdiction == FR and price.output <= 2 $/Mtok");
  settings.policies = {eu, tighter};
  settings.default_policy = text("eu");
  settings.keys = {key("app"), key("strict")};
  settings.keys[1].policies = {{"eu"}, {"tighter"}};

  const Texts warnings = reach(settings);
  REQUIRE(warnings.size() == 1);
  CHECK(warnings[0] ==
        "keys[0]: the key `app` can leave `jurisdiction in [EU, US]` of its default policy, `eu`, by asking "
        "for "
        "`balanced`, `cheapest`, `fastest`, `interactive`, `batch`, `openrouter`: that lets in cloud/turbo, "
        "maker, shade");

  SUBCASE("not where it always holds") {
    settings.always.allow = text("jurisdiction in [FR, US]");
    settings.keys[0].always.allow = text("price.output <= 1 $/Mtok");
    CHECK(reach(settings).empty());
  }
  SUBCASE("part of it is not enough") {
    settings.always.allow = text("jurisdiction in [FR, US]");
    REQUIRE(reach(settings).size() == 1);
    CHECK(reach(settings)[0].find("can leave `price.output <= 3 $/Mtok`") != std::string::npos);
    CHECK(reach(settings)[0].ends_with("lets in cloud/turbo"));
  }
  SUBCASE("by the key's own default") {
    settings.keys[1].policy = config::PolicyName{"tighter"};
    CHECK(reach(settings).size() == 2);
    CHECK(reach(settings)[1] ==
          "keys[1]: the key `strict` can leave `jurisdiction == FR` of its default policy, `tighter`, by "
          "asking for `eu`: that lets in alpine");
  }
  SUBCASE("where nobody is asked for a key, of everybody") {
    settings.keys.clear();
    REQUIRE(reach(settings).size() == 1);
    CHECK(reach(settings)[0].starts_with("default_policy: everybody, since there is no key, can leave "));
  }
}
