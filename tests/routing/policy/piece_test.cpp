#include "routing/policy/piece.hpp"

#include <doctest/doctest.h>

#include "tests/support/policies.hpp"

using support::text;

namespace {

config::Problems problems_of(config::PolicySettings policy) {
  config::Settings settings{};
  settings.policies = {std::move(policy)};
  config::Problems problems;
  routing::compile(settings, problems);
  return problems;
}

}  // namespace

TEST_CASE(
    "a limit that everybody meets is remarked on, a step of `relax` that lets everybody through is not") {
  config::PolicySettings policy = support::policy_named("own");
  policy.require = {text("uptime >= 0 %")};
  const config::Problems remarks = problems_of(policy);
  REQUIRE(remarks.size() == 1);
  CHECK(remarks[0].severity == config::Severity::warning);
  CHECK(remarks[0].message == "`uptime >= 0 %` is always true");

  policy.require = {text("uptime >= 99 %")};
  policy.relax = {text("uptime >= 0 %")};
  CHECK(problems_of(policy).empty());
}
