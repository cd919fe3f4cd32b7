#include "gateway/generation/budgets.hpp"

#include <doctest/doctest.h>

#include "routing/decision/pacing.hpp"
#include "tests/support/policies.hpp"
#include "tests/support/small_market.hpp"

using gateway::Budgets;
using gateway::Day;

namespace {

routing::PolicySet policies(const std::string& budget) {
  config::Settings settings = support::small_settings();
  settings.policies = {support::policy_named("paced"), support::policy_named("free")};
  settings.policies[0].budget = support::text(budget);
  return support::compiled_set(settings);
}

config::Money dollars(std::int64_t count) {
  return {count * 1'000'000'000};
}

}  // namespace

TEST_CASE("what requests under a policy cost makes money count more under it, and under no other one") {
  const routing::PolicySet set = policies("40 $/day");
  Budgets budgets(set, nullptr);
  const routing::Policy &paced = *set.find("paced"), &free = *set.find("free");
  CHECK(budgets.money(paced) == 1);
  budgets.count("paced", dollars(23));
  budgets.count("free", dollars(1'000));
  budgets.count("nobody's", dollars(1'000));
  budgets.pass({.begins = 1, .share = 0.5});
  CHECK(budgets.money(paced) == routing::money_counts(40, 23, 0.5));
  CHECK(budgets.money(paced) > 1);
  CHECK(budgets.money(free) == 1);
  // A new day.
  budgets.pass({.begins = 2, .share = 0});
  CHECK(budgets.money(paced) == 1);
  CHECK(budgets.standings().at(0).spent == 0);
}

TEST_CASE("a reload keeps what was spent, and another budget holds from then on") {
  Budgets before(policies("40 $/day"), nullptr);
  before.pass({.begins = 1, .share = 0.5});
  before.count("paced", dollars(10));
  Budgets after(policies("20 $/day"), &before);
  after.pass({.begins = 1, .share = 0.5});
  CHECK(after.standings().at(0).spent == doctest::Approx(10));
  CHECK(after.standings().at(0).a_day == doctest::Approx(20));
}

TEST_CASE("what was spent is taken up after a restart on the same day alone") {
  const routing::PolicySet set = policies("40 $/day");
  Budgets before(set, nullptr);
  before.pass({.begins = 100, .share = 0.5});
  before.count("paced", dollars(30));
  Budgets same_day(set, nullptr), next_day(set, nullptr);
  same_day.recall(before.memory(), {.begins = 100, .share = 0.6});
  next_day.recall(before.memory(), {.begins = 200, .share = 0.1});
  CHECK(same_day.standings().at(0).spent == doctest::Approx(30));
  CHECK(same_day.money(*set.find("paced")) > 1);
  CHECK(next_day.standings().at(0).spent == 0);
}
