#include "gateway/pages/limits_page.hpp"
#include "tests/support/close.hpp"

#include <doctest/doctest.h>

#include <boost/json.hpp>

using namespace std::chrono_literals;
using gateway::LimitState;

namespace {

const config::WallTime now = config::WallTime(1767225600s);

LimitState budget(std::int64_t used) {
  return {.scope = gateway::Scope::team,
          .name = "search",
          .measure = config::Measure::dollars,
          .period = config::Period::day,
          .limit = 10'000'000'000,
          .used = used,
          .open = 500'000'000,
          .refills = now + 18h};
}

}  // namespace

TEST_CASE("a budget of which a quarter of the day used half will be used twice over") {
  CHECK(*gateway::forecast(budget(5'000'000'000), now) == support::close(20));
}

TEST_CASE("a window that has hardly begun, or never ends, has no forecast") {
  LimitState limit = budget(1);
  limit.refills = now + 24h;
  CHECK(!gateway::forecast(limit, now));
  limit.period = config::Period::total;
  limit.refills = config::WallTime::max();
  CHECK(!gateway::forecast(limit, now));
}

TEST_CASE("limits are shown in their own units, those of users left out") {
  LimitState of_user = budget(1);
  of_user.scope = gateway::Scope::user;
  const auto page = boost::json::parse(gateway::limits_page({budget(2'500'000'000), of_user}, now));
  const auto& rows = page.at("limits").as_array();
  REQUIRE(rows.size() == 1);
  CHECK(rows[0].at("whose").as_string() == "team");
  CHECK(rows[0].at("measure").as_string() == "dollars");
  CHECK(rows[0].at("period").as_string() == "day");
  CHECK(rows[0].at("limit").to_number<double>() == 10);
  CHECK(rows[0].at("used").to_number<double>() == 2.5);
  CHECK(rows[0].at("open").to_number<double>() == 0.5);
  CHECK(rows[0].at("forecast").to_number<double>() == 10);
}

TEST_CASE("of the budgets of keys, and of teams, the one used most is watched") {
  LimitState other = budget(9'000'000'000), of_key = budget(1'000'000'000);
  other.name = "sales";
  of_key.scope = gateway::Scope::key;
  const auto budgets = gateway::budgets_of({budget(2'500'000'000), other, of_key}, now);
  REQUIRE(budgets.size() == 2);
  CHECK(budgets[0].whose == "team");
  CHECK(budgets[0].used == support::close(0.95));
  CHECK(*budgets[0].forecast == support::close(3.6));
  CHECK(budgets[1].whose == "key");
  CHECK(budgets[1].used == support::close(0.15));
}
