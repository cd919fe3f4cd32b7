#include "routing/policy/policy_family.hpp"

#include <doctest/doctest.h>

#include <algorithm>

#include "tests/support/policies.hpp"

using namespace routing;
using support::policy_named;
using support::text;

namespace {

config::PolicySettings extends(std::string name, std::string parent, std::string rule) {
  config::PolicySettings policy = policy_named(std::move(name));
  policy.extends = text(std::move(parent));
  policy.require = {text(std::move(rule))};
  return policy;
}

config::Problems problems_of(std::vector<config::PolicySettings> policies) {
  config::Settings settings{};
  settings.policies = std::move(policies);
  config::Problems problems;
  compile(settings, problems);
  return problems;
}

}  // namespace

TEST_CASE("policies may extend each other in a chain, and several of them the same one") {
  config::Settings settings{};
  settings.policies = {
      extends("first", "balanced", "context >= 1 ktok"), extends("second", "first", "context >= 2 ktok"),
      extends("third", "second", "context >= 3 ktok"), extends("other", "first", "context >= 4 ktok")};
  const PolicySet set = support::compiled_set(settings);
  CHECK(set.find("first")->require.size() == 1);
  CHECK(set.find("second")->require.size() == 2);
  CHECK(set.find("third")->require.size() == 3);
  REQUIRE(set.find("other")->require.size() == 2);
  CHECK(set.find("other")->require.back().text == "context >= 4 ktok");
}

TEST_CASE("a circle is reported once, and does not stand in the way of policies beside it") {
  const config::Problems problems = problems_of(
      {extends("a", "b", "context >= 1 ktok"), extends("b", "a", "context >= 1 ktok"),
       extends("sound", "balanced", "context >= 1 ktok"), extends("too", "sound", "context >= 1 ktok")});
  REQUIRE(problems.size() == 1);
  CHECK(problems[0].path == "policies.a.extends");
  CHECK(problems[0].message.find("`a` extends `b` extends `a`") != std::string::npos);
}
