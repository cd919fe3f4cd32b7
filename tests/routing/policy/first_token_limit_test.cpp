#include "routing/policy/first_token_limit.hpp"

#include <doctest/doctest.h>

#include "tests/support/policies.hpp"

namespace {

std::optional<double> limit_of(std::vector<std::string> require) {
  config::PolicySettings policy = support::policy_named("p");
  for (std::string& rule : require) policy.require.push_back(support::text(std::move(rule)));
  return routing::first_token_limit(support::compiled(policy));
}

}  // namespace

TEST_CASE("a limit to ttft.p90 is found, in seconds, the strictest of several") {
  CHECK(limit_of({"ttft.p90 <= 3 s"}) == 3);
  CHECK(limit_of({"context >= 1 ktok", "ttft.p90 <= 800 ms", "ttft.p90 < 2 s"}) == 0.8);
}

TEST_CASE("what is no limit to ttft.p90 alone is none") {
  CHECK(!limit_of({}));
  CHECK(!limit_of({"ttft.p50 <= 3 s"}));
  CHECK(!limit_of({"ttft <= 3 s"}));
  CHECK(!limit_of({"throughput.p90 >= 3 tok/s"}));
  CHECK(!limit_of({"ttft.p90 <= 3 s or price.output <= 1 $/Mtok"}));
}
