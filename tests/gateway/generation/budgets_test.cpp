#include "gateway/generation/budgets.hpp"

#include <doctest/doctest.h>

#include "routing/decision/pacing.hpp"
#include "tests/support/close.hpp"
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

const config::WallTime start{std::chrono::hours(24)}, later = start + std::chrono::seconds(1);

}  // namespace

TEST_CASE("what requests under a policy cost makes money count more under it, and under no other one") {
  const routing::PolicySet set = policies("40 $/day");
  Budgets budgets(set, nullptr);
  const routing::Policy &paced = *set.find("paced"), &free = *set.find("free");
  CHECK(budgets.money(paced) == 1);
  budgets.count("paced", dollars(23), later);
  budgets.count("free", dollars(1'000), later);
  budgets.count("nobody's", dollars(1'000), later);
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
  before.count("paced", dollars(10), later);
  Budgets after(policies("20 $/day"), &before);
  after.pass({.begins = 1, .share = 0.5});
  CHECK(after.standings().at(0).spent == support::close(10));
  CHECK(after.standings().at(0).a_day == support::close(20));
}

TEST_CASE("what was spent is taken up after a restart on the same day alone") {
  const routing::PolicySet set = policies("40 $/day");
  Budgets before(set, nullptr);
  before.pass({.begins = 100, .share = 0.5});
  before.count("paced", dollars(30), later);
  Budgets same_day(set, nullptr), next_day(set, nullptr);
  same_day.recall(before.memory(), {.begins = 100, .share = 0.6});
  next_day.recall(before.memory(), {.begins = 200, .share = 0.1});
  CHECK(same_day.standings().at(0).spent == support::close(30));
  CHECK(same_day.money(*set.find("paced")) > 1);
  CHECK(next_day.standings().at(0).spent == 0);
}

TEST_CASE("what other gateways spend under a policy makes money count more here, too") {
  const routing::PolicySet set = policies("40 $/day");
  Budgets one(set, nullptr), two(set, nullptr);
  for (Budgets* each : {&one, &two}) each->pass({.begins = 100, .share = 0.5});
  one.count("paced", dollars(23), later);
  two.others_spent(one.own());
  two.pass({.begins = 100, .share = 0.5});
  CHECK(two.money(*set.find("paced")) == routing::money_counts(40, 23, 0.5));
  CHECK(two.own().at(0).nanos == 0);  // others' is not told as one's own
  // Told again it is the same sum; of another day it is none of today's.
  two.others_spent(one.own());
  two.others_spent({{.policy = "paced", .day = 99, .nanos = 39'000'000'000}});
  two.pass({.begins = 100, .share = 0.5});
  CHECK(two.standings().at(0).spent == support::close(23));
  two.pass({.begins = 200, .share = 0.5});
  CHECK(two.standings().at(0).spent == 0);
}

TEST_CASE("what the ledger has of the day is counted once, beside what was counted since the start") {
  const routing::PolicySet set = policies("40 $/day");
  Budgets before(set, nullptr), budgets(set, nullptr);
  before.pass({.begins = 100, .share = 0.5});
  before.count("paced", dollars(7), later);  // as it was kept some seconds before the kill
  budgets.recall(before.memory(), {.begins = 100, .share = 0.5});
  budgets.count("paced", dollars(1), later);
  budgets.began_with({.policy = "paced", .day = 100, .nanos = 10'000'000'000},
                     {.policy = "paced", .day = 100, .nanos = 5'000'000'000});
  CHECK(budgets.standings().at(0).spent == support::close(10 + 1 + 5));
  // What others tell themselves is not added to what the ledger had of them.
  budgets.others_spent({{.policy = "paced", .day = 100, .nanos = 6'000'000'000}});
  CHECK(budgets.standings().at(0).spent == support::close(10 + 1 + 6));
  budgets.began_with({.policy = "paced", .day = 99, .nanos = 90'000'000'000}, {.policy = "paced", .day = 99});
  CHECK(budgets.standings().at(0).spent == support::close(10 + 1 + 6));
}

TEST_CASE(
    "the past is asked for once of each budget, also of one that a reload brings, takes away and brings "
    "again") {
  using Names = std::vector<std::string>;
  config::Settings settings = support::small_settings();
  settings.policies = {support::policy_named("paced"), support::policy_named("free")};
  const auto with_budgets = [&](bool paced, bool free) {
    const auto budget = [](bool has_one, const char* words) {
      return has_one ? std::optional(support::text(words)) : std::nullopt;
    };
    settings.policies[0].budget = budget(paced, "40 $/day");
    settings.policies[1].budget = budget(free, "10 $/day");
    return support::compiled_set(settings);
  };
  Budgets first(with_budgets(true, false), nullptr);
  CHECK(first.take_new(start) == Names{"paced"});
  CHECK(first.take_new(start).empty());
  first.pass({.begins = 100, .share = 0.5});
  first.count("paced", dollars(3), later);

  const routing::PolicySet both = with_budgets(true, true);
  Budgets second(both, &first);
  CHECK(second.take_new(start) == Names{"free"});
  second.pass({.begins = 100, .share = 0.5});
  second.count("free", dollars(1), later);
  second.began_with({.policy = "free", .day = 100, .nanos = 8'000'000'000},
                    {.policy = "free", .day = 100, .nanos = 2'000'000'000});
  second.pass({.begins = 100, .share = 0.5});
  CHECK(second.money(*both.find("free")) == routing::money_counts(10, 8 + 1 + 2, 0.5));
  CHECK(second.standings().at(0).spent == support::close(3));

  Budgets third(with_budgets(false, true), &second), fourth(both, &third);
  CHECK(third.take_new(start).empty());
  CHECK(fourth.take_new(start) == Names{"paced"});
}

TEST_CASE("what ended before the past was asked for is of that, also where it is told afterwards") {
  const routing::PolicySet set = policies("40 $/day");
  Budgets budgets(set, nullptr);
  REQUIRE(budgets.take_new(start).size() == 1);
  budgets.pass({.begins = 100, .share = 0.5});
  budgets.count("paced", dollars(3), start - std::chrono::milliseconds(1));  // in the ledger by then
  budgets.count("paced", dollars(1), start);
  budgets.began_with({.policy = "paced", .day = 100, .nanos = 3'000'000'000},
                     {.policy = "paced", .day = 100});
  CHECK(budgets.standings().at(0).spent == support::close(3 + 1));
}
