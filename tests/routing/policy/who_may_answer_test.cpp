// Whom a request may be sent to at all, whatever is measured while it is under way.
#include "routing/policy/who_may_answer.hpp"

#include <doctest/doctest.h>

#include <memory>

#include "routing/policy/overlay.hpp"
#include "tests/support/fleet.hpp"
#include "tests/support/policies.hpp"

using namespace support;
using namespace routing;

namespace {

// "cheap" at 2 $/Mtok of output, "dear" at 200.
struct Asked {
  std::vector<Host> hosts{{.name = "cheap", .output_price = 2, .context = 8'000},
                          {.name = "dear", .output_price = 200, .context = 8'000}};
  config::PolicySettings policy = policy_named("own");
  Demand demand{};
  std::optional<ProviderPreferences> preferences{};
  config::SourceText always{};
  double prompt_scale = 1;

  // Whether the dear one may answer; the cheap one always may.
  bool dear() {
    config::Settings settings = settings_of(hosts, {policy});
    if (!always.text.empty()) settings.always.allow = always;
    const PolicySet set = compiled_set(settings);
    const Catalogue catalogue(std::move(settings), 1);
    Policy own = *set.find("own");
    if (preferences) own = overlaid(own, std::make_shared<const Overlay>(*preferences));
    demand.model = catalogue.find("m");
    if (demand.prompt.count == 0) demand.prompt = {1'000};
    const auto& endpoints = catalogue.endpoints();
    CHECK(may_ever_answer(endpoints[0], own, demand, prompt_scale));
    return may_ever_answer(endpoints[1], own, demand, prompt_scale);
  }
};

}  // namespace

TEST_CASE("rules about what is declared and asked for leave out for good") {
  const char* const rules[] = {"provider == \"cheap\"", "price.output <= 3 $/Mtok",
                               "provider == \"cheap\" or stream", "provider != \"dear\" or prompt > 9 ktok"};
  for (const char* rule : rules) {
    CAPTURE(rule);
    Asked allowed, required, always;
    allowed.policy.allow = text(rule);
    required.policy.require = {text(rule), text("ttft < 3 s")};
    always.always = text(rule);
    CHECK_FALSE(allowed.dear());
    CHECK_FALSE(required.dear());
    CHECK_FALSE(always.dear());
  }
  CHECK(Asked().dear());
}

TEST_CASE("rules about what is predicted or measured leave out nobody for good") {
  const char* const rules[] = {
      "provider == \"cheap\" or ttft < 1 s", "uptime > 99 % or provider == \"cheap\"",
      "provider == \"cheap\" or price < $0", "provider == \"cheap\" or max_output < 9 tok"};
  for (const char* rule : rules) {
    CAPTURE(rule);
    Asked asked;
    asked.policy.require = {text(rule)};
    CHECK(asked.dear());
  }
  Asked bounded;
  bounded.policy.require = {text("provider == \"cheap\" or max_output < 9 tok")};
  bounded.demand.max_output = config::Tokens{9};
  CHECK_FALSE(bounded.dear());
  bounded.demand.max_output = config::Tokens{8};
  CHECK(bounded.dear());
}

TEST_CASE("a limit that may be given up leaves out nobody for good; one that is kept does") {
  Asked asked;
  asked.policy.require = {text("price.output <= 3 $/Mtok"), text("ttft.p90 <= 3 s")};
  asked.policy.relax = {text("ttft.p90")};
  CHECK_FALSE(asked.dear());
  asked.policy.relax = {text("ttft.p90"), text("price.output")};
  CHECK(asked.dear());
}

TEST_CASE("a request's own preferences leave out for good") {
  Asked only, cheap, ignores;
  only.preferences.emplace().only = {"cheap"};
  CHECK_FALSE(only.dear());
  ignores.preferences.emplace().ignore = {"dear"};
  CHECK_FALSE(ignores.dear());
  cheap.preferences.emplace().max_price.completion = 3;
  CHECK_FALSE(cheap.dear());
  cheap.preferences->max_price.completion = 200;
  CHECK(cheap.dear());
}

TEST_CASE("of prices that depend on the prompt's length any may be met, of those of other hours none") {
  const auto ruled = [](config::PriceConditions when) {
    Asked asked;
    asked.policy.allow = text("price.output <= 3 $/Mtok");
    config::PriceRule rule{.when = std::move(when), .prices = {}};
    rule.prices.output = per_million(2);
    asked.hosts[1].price_rules = {rule};
    return asked;
  };
  CHECK(ruled({.prompt_above = config::Tokens{200'000}}).dear());
  CHECK(ruled({.prompt_to = config::Tokens{200}}).dear());
  const config::DailyWindow night{{0}, {60}}, noon{{720}, {780}};  // requests are of midnight
  CHECK(ruled({.hours = night}).dear());
  CHECK_FALSE(ruled({.hours = noon}).dear());
}

TEST_CASE("who lacks what is needed, or has too little context as it counts, is left out for good") {
  Asked asked;
  asked.hosts[1].context = 4'000;
  CHECK(asked.dear());
  asked.prompt_scale = 4.5;  // a tenth beyond it is doubtful
  CHECK_FALSE(asked.dear());
  asked.prompt_scale = 1;
  asked.demand.max_output = config::Tokens{3'500};
  CHECK_FALSE(asked.dear());
  asked.demand.max_output = config::Tokens{3'300};
  CHECK(asked.dear());
  asked.demand.unfit = {{.endpoint = 1, .why = Unfit::Why::speaks_no_api}};
  CHECK_FALSE(asked.dear());
}
