#include "routing/policy/piece.hpp"

#include <doctest/doctest.h>

#include "routing/language/vocabulary.hpp"
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

TEST_CASE("an expression that needs more room than there is gives a problem and no piece") {
  const auto compiled = [](int levels, config::Problems& problems) {
    std::string words = "price";
    for (int level = 0; level < levels; ++level) words = "price + 2 * (" + words + ")";
    return routing::compile_text(text(words), "own.minimize", routing::Use::minimize, routing::Vocabulary{},
                                 problems);
  };
  config::Problems fine, deep;
  CHECK(compiled(30, fine).size() == 1);
  CHECK(fine.empty());
  CHECK(compiled(36, deep).empty());
  REQUIRE(deep.size() == 1);
  CHECK(deep[0].severity == config::Severity::error);
  CHECK(deep[0].message == "this expression is nested too deeply");
  CHECK(deep[0].suggestion == "split it into several rules");
}

TEST_CASE(
    "a rule of several parts is judged part by part, each by its own words, a single one without its "
    "spaces") {
  const auto texts = [](const std::string& words) {
    config::Problems problems;
    std::string result;
    for (const routing::Piece& piece : routing::compile_text(
             text(words), "own.require", routing::Use::require, routing::Vocabulary{}, problems)) {
      result += "[" + piece.rule.text + "]";
    }
    CHECK(problems.empty());
    return result;
  };
  CHECK(texts(" \t zdr \r\n") == "[zdr]");
  CHECK(texts("zdr and context >= 1 ktok and (stream or zdr)") == "[zdr][context >= 1 ktok][stream or zdr]");
  CHECK(texts("zdr or context >= 1 ktok") == "[zdr or context >= 1 ktok]");
}
