#include "routing/policy/policy_family.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <functional>
#include <set>

#include "tests/support/close.hpp"
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
  const config::Problems problems =
      problems_of({extends("a", "b", "context >= 1 ktok"), extends("b", "a", "context >= 1 ktok"),
                   extends("sound", "balanced", "context >= 1 ktok"),
                   extends("too", "sound", "context >= 1 ktok"), extends("into", "a", "context >= 1 ktok")});
  for (const config::Problem& problem : problems) {
    CHECK(problem.path == "policies.a.extends");
    CHECK(problem.message.find("into") == std::string::npos);
  }
  REQUIRE(problems.size() == 1);
  CHECK(problems[0].path == "policies.a.extends");
  CHECK(problems[0].message.find("`a` extends `b` extends `a`") != std::string::npos);
}

TEST_CASE("a policy that extends itself is told so") {
  const config::Problems problems = problems_of({extends("own", "own", "context >= 1 ktok")});
  REQUIRE(problems.size() == 1);
  CHECK(problems[0].path == "policies.own.extends");
  CHECK(problems[0].message == "the policy extends itself");
  CHECK(problems[0].suggestion == "name another policy, or none");
}

TEST_CASE("of a policy with a text that cannot be read nothing is said that may only follow from it") {
  config::PolicySettings parent = policy_named("parent");
  parent.require = {text("ttft.p90 <= soon")};
  parent.relax = {text("ttft.p90 <= 8 s")};
  CHECK(problems_of({parent}).size() == 1);

  config::PolicySettings child = policy_named("child");
  child.extends = text("parent");
  child.relax = {text("ttft.p90 <= 20 s")};
  CHECK(problems_of({parent, child}).size() == 1);

  parent.require = {text("ttft.p95 <= 3 s")};
  CHECK(problems_of({parent, child}).size() >= 2);

  config::PolicySettings heir = policy_named("heir");
  heir.extends = text("balanced");
  heir.require = {text("ttft.p90 <= soon")};
  heir.relax = {text("ttft.p90 <= 8 s")};
  CHECK(problems_of({heir}).size() == 1);
}

TEST_CASE("a policy overrides each number of the one it extends, and keeps those that it does not name") {
  config::PolicySettings parent = policy_named("parent");
  parent.attempts = 2;
  parent.deadline = std::chrono::seconds(20);
  parent.hedge_budget = 0.02;
  parent.explore = 0.03;
  config::PolicySettings child = policy_named("child");
  child.extends = text("parent");
  config::Settings settings{};
  settings.policies = {parent, child};
  const auto found = [&] { return *support::compiled_set(settings).find("child"); };
  CHECK(found().attempts == 2);
  CHECK(found().deadline == std::chrono::seconds(20));
  CHECK(found().hedge_budget == 0.02);
  CHECK(found().explore == 0.03);

  settings.policies[1].attempts = 3;
  settings.policies[1].deadline = std::chrono::seconds(30);
  settings.policies[1].hedge_budget = 0.04;
  settings.policies[1].explore = 0.05;
  CHECK(found().attempts == 3);
  CHECK(found().deadline == std::chrono::seconds(30));
  CHECK(found().hedge_budget == 0.04);
  CHECK(found().explore == 0.05);
}

TEST_CASE("whatever a policy says makes it another one in records, and its description does not") {
  const auto hash = [](const std::function<void(config::PolicySettings&)>& change) {
    config::PolicySettings policy = policy_named("own");
    policy.require = {text("context >= 1 ktok")};
    change(policy);
    return support::compiled(policy).hash;
  };
  using P = config::PolicySettings;
  const std::vector<std::function<void(P&)>> changes = {
      [](P&) {},
      [](P& p) { p.allow = text("zdr"); },
      [](P& p) { p.require.push_back(text("zdr")); },
      [](P& p) { p.prefer = {text("zdr")}; },
      [](P& p) {
        p.prefer = {text("zdr"), text("jurisdiction == FR")};
      },
      [](P& p) {
        p.prefer = {text("jurisdiction == FR"), text("zdr")};
      },
      [](P& p) { p.relax = {text("context")}; },
      [](P& p) { p.minimize = text("price"); },
      [](P& p) { p.value_of_time = text("20 $/h"); },
      [](P& p) { p.value_of_time = text("21 $/h"); },
      [](P& p) { p.choose = text("weighted(price)"); },
      [](P& p) { p.attempts = 2; },
      [](P& p) { p.attempts = 3; },
      [](P& p) { p.deadline = std::chrono::seconds(20); },
      [](P& p) { p.deadline = std::chrono::seconds(21); },
      [](P& p) { p.hedge_budget = 0.02; },
      [](P& p) { p.explore = 0.02; },
      [](P& p) { p.explore = 0.03; },
  };
  std::set<std::uint64_t> hashes;
  for (const auto& change : changes) hashes.insert(hash(change));
  CHECK(hashes.size() == changes.size());
  CHECK(hash([](P& p) { p.description = "words"; }) == hash([](P&) {}));
}

TEST_CASE("a policy with an objective of its own leaves all of its parent's, and one without keeps it") {
  config::PolicySettings parent = policy_named("parent");
  parent.value_of_time = text("36 $/h");
  parent.choose = text("weighted(price)");
  config::PolicySettings child = policy_named("child");
  child.extends = text("parent");
  config::Settings settings{};
  settings.policies = {parent, child};
  const auto found = [&] { return *support::compiled_set(settings).find("child"); };
  CHECK(found().value_of_ttft == support::close(0.01));
  CHECK(found().value_of_generation == support::close(0.01));
  CHECK(found().choose);
  settings.policies[1].minimize = text("price");
  CHECK(found().minimize);
  CHECK(found().value_of_ttft != support::close(0.01));
  CHECK_FALSE(found().choose);
  settings.policies[1].minimize.reset();
  settings.policies[1].choose = text("weighted(price)");
  CHECK(found().value_of_ttft != support::close(0.01));
  settings.policies[1].choose.reset();
  settings.policies[1].value_of_time = text("18 $/h");
  CHECK(found().value_of_ttft == support::close(0.005));
  CHECK_FALSE(found().choose);
}

TEST_CASE("every header that a policy reads is known, wherever it reads it, each once") {
  const auto headers = [](const std::function<void(config::PolicySettings&)>& change) {
    config::PolicySettings policy = policy_named("own");
    change(policy);
    config::Settings settings{};
    settings.policies = {policy};
    return support::compiled_set(settings).headers();
  };
  using P = config::PolicySettings;
  const std::vector<std::string> one{"x-a"};
  const std::string money = "price + (if header(\"x-a\") == \"b\" then $1 else $0)";
  CHECK(headers([](P&) {}).empty());
  CHECK(headers([](P& p) { p.require = {text("header(\"x-a\") == \"b\" or zdr")}; }) == one);
  CHECK(headers([](P& p) {
          p.prefer = {text("header(\"x-a\") == \"b\""), text("header(\"x-a\") == \"c\"")};
        }) == one);
  CHECK(headers([&](P& p) { p.minimize = text(money); }) == one);
  CHECK(headers([&](P& p) { p.choose = text("weighted(" + money + ")"); }) == one);
}
