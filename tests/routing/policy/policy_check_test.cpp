#include "routing/policy/policy_check.hpp"

#include <doctest/doctest.h>

#include "tests/support/small_market.hpp"

using namespace routing;

namespace {

config::SourceText at(std::string text, int line) {
  return {.text = std::move(text), .place = {"isocost.yaml", line, 9}};
}

config::PolicySettings policy() {
  config::PolicySettings settings{};
  settings.name = {"own"};
  settings.place = {"isocost.yaml", 3, 3};
  return settings;
}

std::string warnings(const config::PolicySettings& own, const std::vector<Measured>& measured = {}) {
  config::Settings settings = support::small_settings();
  settings.policies = {own};
  const Catalogue catalogue(settings, 1);
  config::Problems problems;
  const PolicySet set = compile(settings, problems);
  REQUIRE(problems.empty());
  check_policies(set, catalogue, measured, problems);
  std::string text;
  for (const config::Problem& each : problems) text += config::to_text(each) + "\n";
  return text;
}

}  // namespace

TEST_CASE("a policy that no endpoint satisfies on declared facts is found, with the rule that refuses most") {
  config::PolicySettings own = policy();
  own.allow = at("jurisdiction in [US, EU] and zdr", 4);
  own.require = {at("price.output <= 1 $/Mtok", 6)};
  CHECK(
      warnings(own) ==
      "isocost.yaml:4:9: warning: policies.own: no endpoint can satisfy this policy on its declared facts: "
      "`zdr` "
      "refuses 3 of 4, `price.output <= 1 $/Mtok` refuses 3 of 4, `jurisdiction in [US, EU]` refuses 2 of 4\n"
      "  zdr\n"
      "  ^~~\n"
      "  what is not declared counts as not satisfied: declare it for the providers you trust, or widen "
      "the rule\n");
}

TEST_CASE("a policy that relaxing can satisfy, or that waits for live values, is not complained about") {
  config::PolicySettings own = policy();
  own.allow = at("zdr", 4);
  own.require = {at("price.output <= 1 $/Mtok", 6), at("ttft.p90 <= 1 s", 7),
                 at("context >= prompt + max_output", 8), at("price <= $1", 9)};
  own.relax = {at("price.output", 10)};
  CHECK(warnings(own).empty());
  CHECK(warnings(policy()).empty());
}

TEST_CASE("a limit stricter than any host has met is found, with the host that came nearest") {
  config::PolicySettings own = policy();
  own.require = {at("ttft.p90 <= 100 ms", 6), at("throughput.p50 >= 40 tok/s", 7), at("uptime >= 99 %", 8)};
  std::vector<Measured> measured(4);
  measured[0].ttft.p90 = 9;
  measured[2].ttft.p90 = 0.37;
  measured[2].throughput.p50 = 60;
  CHECK(warnings(own, measured) ==
        "isocost.yaml:6:9: warning: policies.own: no host has met `ttft.p90 <= 100 ms`; the nearest is "
        "alpine with "
        "370 ms\n"
        "  ttft.p90 <= 100 ms\n"
        "  ^~~~~~~~~~~~~~~~~~\n"
        "  widen the limit, or add a looser one to `relax`\n");
  measured[1].ttft.p90 = 0.1;
  CHECK(warnings(own, measured).empty());
}

TEST_CASE("a declared limit that all miss names the endpoint that comes nearest") {
  config::PolicySettings own = policy();
  own.require = {at("price.output <= 0.5 $/Mtok", 6)};
  CHECK(warnings(own) ==
        "isocost.yaml:6:9: warning: policies.own: no endpoint can satisfy this policy on its declared facts: "
        "`price.output <= 0.5 $/Mtok` refuses 4 of 4\n"
        "  price.output <= 0.5 $/Mtok\n"
        "  ^~~~~~~~~~~~~~~~~~~~~~~~~~\n"
        "  the nearest is shade with 0.9 $/Mtok\n");
  own.require = {at("supports(\"images\")", 6)};
  CHECK(warnings(own).find(
            "refuses 4 of 4\n  supports(\"images\")\n  ^~~~~~~~~~~~~~~~~~\n  widen the rule\n") !=
        std::string::npos);
}

TEST_CASE("what is live may yet be true beside what is not declared") {
  config::PolicySettings own = policy();
  own.require = {at("zdr or price <= $1", 6)};
  CHECK(warnings(own).empty());
}

TEST_CASE("a preference that no endpoint can meet is found") {
  config::PolicySettings own = policy();
  own.prefer = {at("jurisdiction == JP", 5), at("jurisdiction == FR", 6), at("ttft <= 1 s", 7)};
  CHECK(warnings(own) ==
        "isocost.yaml:5:9: warning: policies.own: no endpoint can meet `jurisdiction == JP` on its declared "
        "facts, so preferring it changes nothing\n"
        "  jurisdiction == JP\n"
        "  ^~~~~~~~~~~~~~~~~~\n");
}
