#include "routing/policy/policy_set.hpp"

#include <doctest/doctest.h>

#include <algorithm>

#include "routing/policy/selection.hpp"
#include "routing/policy/shipped.hpp"
#include "tests/support/close.hpp"
#include "tests/support/small_market.hpp"

using namespace routing;

namespace {

config::SourceText at(std::string text, int line = 10, int column = 5) {
  return {.text = std::move(text), .place = {"isocost.yaml", line, column}};
}

config::PolicySettings policy(std::string name, int line = 3) {
  config::PolicySettings settings{};
  settings.name = {std::move(name)};
  settings.place = {"isocost.yaml", line, 3};
  return settings;
}

config::Settings with(std::vector<config::PolicySettings> policies,
                      std::vector<config::RuleSettings> rules = {}) {
  config::Settings settings = support::small_settings();
  settings.policies = std::move(policies);
  settings.rules = std::move(rules);
  return settings;
}

std::string problems_of(const config::Settings& settings) {
  config::Problems problems;
  compile(settings, problems);
  std::string text;
  for (const config::Problem& each : problems) text += config::to_text(each) + "\n";
  return text;
}

std::vector<std::string> texts(const std::vector<Rule>& rules) {
  std::vector<std::string> result;
  for (const Rule& rule : rules) result.push_back(rule.text);
  return result;
}

using Texts = std::vector<std::string>;

}  // namespace

TEST_CASE("the shipped policies compile without a word of complaint, and balanced is the default") {
  config::Problems problems;
  const PolicySet set = compile(with({}), problems);
  CHECK(problems.empty());
  CHECK(set.names() == Texts{"balanced", "cheapest", "fastest", "interactive", "batch", "openrouter"});
  const support::SmallMarket market;
  const Choice choice = set.select(market.demand);
  CHECK(choice.policy->name.text == "balanced");
  CHECK(choice.why == "the default policy");
  CHECK(set.find("interactive")->value_of_ttft == support::close(18.0 / 3600));
  CHECK(set.find("cheapest")->value_of_generation == 0);
  CHECK(set.find("cheapest")->hedge_budget == 0);
  REQUIRE(set.find("openrouter")->choose.has_value());
  CHECK(set.find("openrouter")->choose->expression.number(market.view("maker")) == support::close(62500));
  CHECK(set.find("openrouter")->prefer[0].expression.truth(market.view("maker")));
}

TEST_CASE("interactive puts hosts that are likely to take over ten seconds last") {
  config::Problems problems;
  const PolicySet set = compile(with({}), problems);
  support::SmallMarket market;
  const Rule& tier = set.find("interactive")->prefer[0];
  CHECK(tier.expression.truth(market.view("maker")));
  market.predicted.ttft = 8;
  CHECK_FALSE(tier.expression.truth(market.view("maker")));
}

TEST_CASE("rules joined by `and` are kept apart, so that each can be named") {
  config::PolicySettings own = policy("own");
  own.allow = at("jurisdiction in [US, EU] and (zdr or not trains_on_prompts)");
  own.require = {at("ttft.p90 <= 3 s and price.output <= 6 $/Mtok")};
  config::Problems problems;
  const PolicySet set = compile(with({own}), problems);
  CHECK(problems.empty());
  CHECK(texts(set.find("own")->allow) == Texts{"jurisdiction in [US, EU]", "zdr or not trains_on_prompts"});
  CHECK(texts(set.find("own")->require) == Texts{"ttft.p90 <= 3 s", "price.output <= 6 $/Mtok"});
}

TEST_CASE("a policy that extends another appends to its lists and overrides the rest") {
  config::PolicySettings base = policy("base");
  base.allow = at("jurisdiction in [US, EU]");
  base.require = {at("context >= 32 ktok")};
  base.prefer = {at("quantization in [bf16]")};
  base.minimize = at("price + 18 $/h * ttft");
  base.attempts = 2;
  base.explore = 0.1;
  config::PolicySettings own = policy("own");
  own.extends = at("base");
  own.allow = at("not trains_on_prompts");
  own.require = {at("ttft.p90 <= 3 s")};
  own.prefer = {at("uptime >= 99 %")};
  own.value_of_time = at("36 $/h");
  own.attempts = 3;
  config::PolicySettings third = policy("third");
  third.extends = at("own");
  config::Problems problems;
  const PolicySet set = compile(with({third, own, base}), problems);
  CHECK(problems.empty());
  for (const char* name : {"own", "third"}) {
    const Policy& found = *set.find(name);
    CHECK(texts(found.allow) == Texts{"jurisdiction in [US, EU]", "not trains_on_prompts"});
    CHECK(texts(found.require) == Texts{"context >= 32 ktok", "ttft.p90 <= 3 s"});
    CHECK(texts(found.prefer) == Texts{"quantization in [bf16]", "uptime >= 99 %"});
    CHECK_FALSE(found.minimize.has_value());
    CHECK(found.value_of_ttft == support::close(0.01));
    CHECK(found.attempts == 3);
    CHECK(found.explore == 0.1);
  }
  CHECK(set.find("own")->hash == set.find("third")->hash);
  CHECK(set.find("own")->hash != set.find("base")->hash);
}

TEST_CASE("the hash of a policy follows its meaning and not its spacing") {
  const auto hash = [](std::string text) {
    config::PolicySettings own = policy("own");
    own.require = {at(std::move(text))};
    config::Problems problems;
    return compile(with({own}), problems).find("own")->hash;
  };
  CHECK(hash("ttft.p90 <= 3 s") == hash("ttft.p90<=(3000 ms)"));
  CHECK(hash("ttft.p90 <= 3 s") != hash("ttft.p90 <= 4 s"));
  CHECK(hash("ttft.p90 <= 3 s") != hash("ttft.p95 <= 3 s"));
}

TEST_CASE("relaxing loosens the rule of the same shape or drops it, step by step") {
  config::PolicySettings own = policy("own");
  own.require = {at("ttft.p90 <= 3 s"), at("price.output <= 6 $/Mtok"), at("supports(\"tools\")"),
                 at("quantization in [bf16]")};
  own.relax = {at("ttft.p90 <= 8 s"),
               at("price.output"),
               at("supports(\"tools\")"),
               at("20 s > ttft.p90"),
               at("quantization in [bf16, fp8]"),
               at("quantization")};
  config::Problems problems;
  const PolicySet set = compile(with({own}), problems);
  CHECK(problems.empty());
  const Policy& found = *set.find("own");
  REQUIRE(found.relax.size() == 6);
  CHECK(texts(limits_after(found, 0)).size() == 4);
  CHECK(texts(limits_after(found, 1)) == Texts{"ttft.p90 <= 8 s", "price.output <= 6 $/Mtok",
                                               "supports(\"tools\")", "quantization in [bf16]"});
  CHECK(texts(limits_after(found, 2)) ==
        Texts{"ttft.p90 <= 8 s", "supports(\"tools\")", "quantization in [bf16]"});
  CHECK(texts(limits_after(found, 3)) == Texts{"ttft.p90 <= 8 s", "quantization in [bf16]"});
  CHECK(texts(limits_after(found, 4)) == Texts{"20 s > ttft.p90", "quantization in [bf16]"});
  CHECK(texts(limits_after(found, 5)) == Texts{"20 s > ttft.p90", "quantization in [bf16, fp8]"});
  CHECK(texts(limits_after(found, 6)) == Texts{"20 s > ttft.p90"});
  CHECK(found.relax[1].text == "price.output");
}

TEST_CASE("rules pick a policy, the first match wins and says why") {
  const config::Settings settings =
      with({}, {{at("team == \"search\" and not stream"), {"batch"}, {}},
                {at("prompt > 100 ktok"), {"cheapest"}, {}},
                {at("header(\"x-tier\") == \"gold\" and hour >= 20"), {"interactive"}, {}},
                {at("max_output > 10 ktok"), {"fastest"}, {}}});
  config::Problems problems;
  const PolicySet set = compile(settings, problems);
  CHECK(problems.empty());
  support::SmallMarket market;
  CHECK(set.select(market.demand).policy->name.text == "balanced");
  market.demand.wall += std::chrono::hours(6);
  CHECK(set.select(market.demand).policy->name.text == "interactive");
  market.demand.prompt = {200'000};
  CHECK(set.select(market.demand).policy->name.text == "cheapest");
  market.demand.delivery = Delivery::whole;
  CHECK(set.select(market.demand).policy->name.text == "batch");
  CHECK(set.select(market.demand).why == "rule 1: team == \"search\" and not stream");
}

TEST_CASE("a request without a limit on its output matches no rule about long outputs") {
  config::Problems problems;
  const PolicySet set = compile(with({}, {{at("max_output > 10 ktok"), {"fastest"}, {}}}), problems);
  support::SmallMarket market;
  market.demand.max_output = std::nullopt;
  CHECK(set.select(market.demand).policy->name.text == "balanced");
}

TEST_CASE("the key's own policy comes after the rules and before the default") {
  config::Settings settings = with({}, {{at("stream"), {"fastest"}, {}}});
  settings.default_policy = at("cheapest");
  settings.keys[0].policy = config::PolicyName{"batch"};
  config::Problems problems;
  const PolicySet set = compile(settings, problems);
  support::SmallMarket market;
  market.demand.key = &settings.keys[0];
  CHECK(set.select(market.demand).policy->name.text == "fastest");
  market.demand.delivery = Delivery::whole;
  CHECK(set.select(market.demand).policy->name.text == "batch");
  CHECK(set.select(market.demand).why == "the policy of the key");
  market.demand.key = nullptr;
  CHECK(set.select(market.demand).policy->name.text == "cheapest");
}

TEST_CASE("each mistake in the policies has its own message") {
  config::PolicySettings twin = policy("twin", 3), other_twin = policy("twin", 9);
  CHECK(problems_of(with({twin, other_twin})) ==
        "isocost.yaml:9:3: error: policies.twin: there are two policies named `twin`; the other one is at "
        "line 3\n"
        "  give one of them another name\n");

  CHECK(problems_of(with({policy("batch")})) ==
        "isocost.yaml:3:3: error: policies.batch: `batch` is the name of a shipped policy\n"
        "  choose another name and write `extends: batch`\n");

  config::PolicySettings a = policy("a"), b = policy("b"), c = policy("c");
  a.extends = at("b", 4);
  b.extends = at("c", 6);
  c.extends = at("a", 8);
  CHECK(problems_of(with({a, b, c})) ==
        "isocost.yaml:4:5: error: policies.a.extends: `a` extends `b` extends `c` extends `a`\n"
        "  b\n"
        "  ^\n"
        "  one of them must stand on its own\n");

  config::PolicySettings lost = policy("lost");
  lost.extends = at("balancd");
  lost.relax = {at("price.output")};
  CHECK(problems_of(with({lost})) ==
        "isocost.yaml:10:5: error: policies.lost.extends: there is no policy `balancd` to extend\n"
        "  balancd\n"
        "  ^~~~~~~\n"
        "  did you mean `balanced`?\n");

  CHECK(problems_of(with({}, {{at("stream"), {"interctive"}, {"isocost.yaml", 20, 13}}})) ==
        "isocost.yaml:20:13: error: rules[0].policy: there is no policy `interctive`\n"
        "  did you mean `interactive`?\n");

  config::Settings settings = with({});
  settings.default_policy = at("nothing-like-it");
  CHECK(problems_of(settings) ==
        "isocost.yaml:10:5: error: default_policy: there is no policy `nothing-like-it`\n"
        "  the policies are balanced, cheapest, fastest, interactive, batch, openrouter\n");

  config::PolicySettings both = policy("both");
  both.minimize = at("price");
  both.value_of_time = at("20 $/h", 11);
  CHECK(problems_of(with({both})) ==
        "isocost.yaml:11:5: error: policies.both.value_of_time: `value_of_time` and `minimize` both say what "
        "is best\n"
        "  keep one of them\n");

  config::PolicySettings negative = policy("negative");
  negative.value_of_time = at("-20 $/h");
  CHECK(problems_of(with({negative})) ==
        "isocost.yaml:10:5: error: policies.negative.value_of_time: waiting cannot be worth less than "
        "nothing, and "
        "this is -20 $/h\n");
}

TEST_CASE("relaxing what is not there, what is compliance or what does not loosen is an error") {
  const auto problems = [](std::vector<config::SourceText> require, std::string relax) {
    config::PolicySettings own = policy("own");
    own.allow = at("jurisdiction in [US]", 4);
    own.require = std::move(require);
    own.relax = {at(std::move(relax))};
    return problems_of(with({own}));
  };
  CHECK(problems({at("ttft.p90 <= 3 s")}, "ttft.p95 <= 8 s") ==
        "isocost.yaml:10:5: error: policies.own.relax: there is no rule in `require` that `ttft.p95 <= 8 s` "
        "could "
        "relax\n"
        "  ttft.p95 <= 8 s\n"
        "  ^~~~~~~~~~~~~~~\n"
        "  the rules are `ttft.p90 <= 3 s`\n");
  CHECK(problems({}, "price.output").find("`require` is empty") != std::string::npos);
  CHECK(problems({at("ttft.p90 <= 3 s")}, "jurisdiction in [US, EU]") ==
        "isocost.yaml:10:5: error: policies.own.relax: `jurisdiction in [US, EU]` would relax a rule of "
        "`allow`, "
        "which is never relaxed\n"
        "  jurisdiction in [US, EU]\n"
        "  ^~~~~~~~~~~~~~~~~~~~~~~~\n"
        "  move the rule to `require` if it may be given up\n");
  CHECK(problems({at("ttft.p90 <= 3 s")}, "ttft.p90 <= 2 s") ==
        "isocost.yaml:10:5: error: policies.own.relax: `ttft.p90 <= 2 s` does not loosen `ttft.p90 <= 3 s`\n"
        "  ttft.p90 <= 2 s\n"
        "  ^~~~~~~~~~~~~~~\n"
        "  write a wider limit, or only what it limits, to drop the rule\n");
  CHECK(problems({at("uptime >= 99 %")}, "uptime >= 95 %").empty());
  CHECK_FALSE(problems({at("uptime >= 99 %")}, "uptime <= 99.5 %").empty());
}

TEST_CASE("limits that exclude each other are found, inherited ones too") {
  config::PolicySettings base = policy("base"), own = policy("own");
  base.require = {at("ttft.p90 <= 3 s", 4)};
  own.extends = at("base", 6);
  own.require = {at("ttft.p90 > 5 s", 7)};
  CHECK(
      problems_of(with({base, own})) ==
      "isocost.yaml:7:5: error: policies.own: `ttft.p90 > 5 s` and `ttft.p90 <= 3 s` exclude each other: no "
      "endpoint can meet both\n"
      "  ttft.p90 > 5 s\n"
      "  ^~~~~~~~~~~~~~\n");
  own.require = {at("ttft.p90 >= 3 s", 7)};
  CHECK(problems_of(with({base, own})).empty());
}

TEST_CASE("rules that can never match are found") {
  const auto warning = [](std::vector<config::RuleSettings> rules) {
    return problems_of(with({}, std::move(rules)));
  };
  CHECK(warning({{at("hour >= 24"), {"batch"}, {}}}) ==
        "isocost.yaml:10:5: warning: rules[0].when: this rule can never match: no value can make it true\n"
        "  hour >= 24\n"
        "  ^~~~~~~~~~\n");
  CHECK(warning({{at("prompt > 100 ktok and stream and prompt < 50 ktok"), {"batch"}, {}}})
            .find("never match: `prompt < 50 ktok` and `prompt > 100 ktok` exclude each other") !=
        std::string::npos);
  CHECK(warning({{at("team == \"search\" and team in [\"\"]"), {"batch"}, {}}}).find("never match") !=
        std::string::npos);
  CHECK(warning({{at("stream and tools and not stream"), {"batch"}, {}}})
            .find("this rule can never match: `stream` and `not stream` exclude each other") !=
        std::string::npos);
  CHECK(warning({{at("stream and not stream or tools and not stream"), {"batch"}, {}}}).empty());
  CHECK(warning({{at("true"), {"batch"}, {}}, {at("stream", 12), {"fastest"}, {}}}) ==
        "isocost.yaml:12:5: warning: rules[1].when: this rule can never match: rule 1 takes every request\n"
        "  stream\n"
        "  ^~~~~~\n");
  CHECK(warning({{at("stream"), {"batch"}, {}}, {at("(stream)", 12), {"fastest"}, {}}})
            .find("rule 1 asks the same") != std::string::npos);
  CHECK(warning({{at("hour >= 24"), {"batch"}, {}},
                 {at("true"), {"batch"}, {}},
                 {at("hour >= 24", 14), {"batch"}, {}}})
            .find("rules[2].when: this rule can never match: no value can make it true") !=
        std::string::npos);
  CHECK(warning({{at("team == \"serch\""), {"batch"}, {}}}).find("`serch` is not a known team") !=
        std::string::npos);
  CHECK(warning({{at("hour >= 22 or hour < 6"), {"batch"}, {}}}).empty());
}

TEST_CASE("every problem of every policy is reported at once") {
  config::PolicySettings first = policy("first"), second = policy("second");
  first.allow = at("jurisdicton in [US]", 4);
  first.minimize = at("price + ttft", 5);
  second.require = {at("uptime >= 99", 7), at("tfft < 1 s", 8)};
  config::Problems problems;
  compile(with({first, second}, {{at("ttft < 1 s", 20), {"nobody"}, {}}}), problems);
  CHECK(std::ranges::count(problems, config::Severity::error, &config::Problem::severity) == 6);
}

TEST_CASE("a request chooses among the policies that its key may use") {
  config::Settings settings = with({policy("night")});
  settings.keys[0].policies = {{"night"}, {"cheapest"}};
  config::Problems problems;
  const PolicySet set = compile(settings, problems);
  support::SmallMarket market;
  const struct {
    std::string header, suffix;
    bool limited;
    std::string policy, why;
    int status;
    std::string message;
  } cases[] = {
      {"", "", false, "balanced", "the default policy", 0, ""},
      {"", "", true, "night", "the first policy that the key may use, since it may not use the default one",
       0, ""},
      {"interactive", "", false, "interactive", "the request's header", 0, ""},
      {"", "interactive", false, "interactive", "the model's suffix", 0, ""},
      {"", "nitro", false, "fastest", "the model's suffix", 0, ""},
      {"", "floor", true, "cheapest", "the model's suffix", 0, ""},
      {"cheapest", "floor", true, "cheapest", "the request's header", 0, ""},
      {"night", "", true, "night", "the request's header", 0, ""},
      {"interactive", "", true, "", "", 403,
       "the key `app` may not use the policy `interactive`; it may use night, cheapest"},
      {"", "nitro", true, "", "", 403,
       "the key `app` may not use the policy `fastest`; it may use night, cheapest"},
      {"intractive", "", false, "", "", 400,
       "there is no policy `intractive`; did you mean `interactive`? The policies are balanced, cheapest, "
       "fastest, "
       "interactive, batch, openrouter, night"},
      {"", "thinking", true, "", "", 400, "there is no policy `thinking`; the policies are night, cheapest"},
      {"cheapest", "night", true, "", "", 400,
       "the header x-isocost-policy asks for `cheapest` and the model's suffix for `night`; send one of "
       "them"},
  };
  for (const auto& each : cases) {
    CAPTURE(each.header);
    CAPTURE(each.suffix);
    market.demand.key = each.limited ? &settings.keys[0] : nullptr;
    const Selection selection = select_policy(set, market.demand, {each.header, each.suffix});
    if (const auto* refusal = std::get_if<Refusal>(&selection)) {
      CHECK(refusal->status == each.status);
      CHECK(refusal->message == each.message);
    } else {
      CHECK(each.status == 0);
      CHECK(std::get<Choice>(selection).policy->name.text == each.policy);
      CHECK(std::get<Choice>(selection).why == each.why);
    }
  }
}

TEST_CASE("the suffix of a model is what follows its last colon") {
  CHECK(split_suffix("deepseek-r1:interactive").model == "deepseek-r1");
  CHECK(split_suffix("deepseek-r1:interactive").suffix == "interactive");
  CHECK(split_suffix("a:free:nitro").model == "a:free");
  CHECK(split_suffix("deepseek-r1").suffix.empty());
}

TEST_CASE("a rule that an earlier one leaves nothing for is found, and no other") {
  const auto second = [](const std::string& first, const std::string& then) {
    return problems_of(with({}, {{at(first), {"batch"}, {}}, {at(then, 12), {"fastest"}, {}}}));
  };
  CHECK(second("stream", "stream and tools") ==
        "isocost.yaml:12:5: warning: rules[1].when: this rule can never match: rule 1, `stream`, takes every "
        "request that this one could\n"
        "  stream and tools\n"
        "  ^~~~~~~~~~~~~~~~\n");
  for (const auto& each : std::vector<std::pair<std::string, std::string>>{
           {"prompt > 10 ktok", "prompt > 100 ktok"},
           {"prompt > 10 ktok", "100 ktok <= prompt"},
           {"prompt >= 10 ktok", "prompt > 10 ktok"},
           {"stream or tools", "tools"},
           {"stream or tools", "tools and images"},
           {"stream and prompt < 9 ktok", "prompt < 8 ktok and tools and stream"},
           {"stream or tools", "tools or stream and images"},
       }) {
    CAPTURE(each.second);
    CHECK(second(each.first, each.second).find("rule 1, `" + each.first + "`, takes every request") !=
          std::string::npos);
  }
  for (const auto& each : std::vector<std::pair<std::string, std::string>>{
           {"stream and tools", "stream"},
           {"prompt > 100 ktok", "prompt > 10 ktok"},
           {"prompt > 10 ktok", "prompt >= 10 ktok"},
           {"prompt > 10 ktok", "prompt < 100 ktok"},
           {"tools", "stream or tools"},
           {"not stream", "stream"},
           {"stream", "not stream"},
       }) {
    CAPTURE(each.second);
    CHECK(second(each.first, each.second) == "");
  }
}

TEST_CASE("a budget is dollars for time, and is inherited") {
  config::PolicySettings paced = policy("paced"), child = policy("child", 5);
  paced.budget = at("40 $/day");
  paced.value_of_time = at("18 $/h");
  child.extends = at("paced");
  config::Problems problems;
  const PolicySet set = compile(with({paced, child}), problems);
  CHECK(problems.empty());
  CHECK(*set.find("paced")->budget == support::close(40));
  CHECK(*set.find("child")->budget == support::close(40));
  CHECK(!set.find("balanced")->budget);
  config::PolicySettings other = paced;
  other.budget = at("1200 $/d / 30");
  config::Problems of_other;
  const PolicySet again = compile(with({other}), of_other);
  CHECK(*again.find("paced")->budget == support::close(40));
  CHECK(again.find("paced")->hash != set.find("paced")->hash);
}

TEST_CASE("a budget that cannot be meant is refused, with what is meant instead") {
  const auto said = [](const std::string& text) {
    config::PolicySettings paced = policy("paced");
    paced.budget = at(text);
    return problems_of(with({paced}));
  };
  CHECK(said("40 $").find("`budget` must come out in dollars per second") != std::string::npos);
  CHECK(said("40 $").find("write dollars for time such as `40 $/day`") != std::string::npos);
  CHECK(said("price / 1 d").find("`budget` is a constant") != std::string::npos);
  CHECK(said("0 $/day").find("a budget is more than nothing") != std::string::npos);
  config::PolicySettings drawn = policy("drawn");
  drawn.choose = at("weighted(price ^ -2)");
  drawn.budget = at("40 $/day");
  CHECK(problems_of(with({drawn})).find("no budget changes") != std::string::npos);
}
