#include "routing/decision/retry_budget.hpp"

#include <doctest/doctest.h>

using namespace std::chrono_literals;
using namespace routing;

namespace {

const config::TimePoint start = config::TimePoint{} + 1h;

int all_of(RetryAllowance& allowance, const config::RetrySettings& settings, config::TimePoint now,
           double part = 1) {
  int taken = 0;
  for (; allowance.has(part, settings, now) && taken < 1'000; ++taken) allowance.take();
  return taken;
}

}  // namespace

TEST_CASE("an allowance begins with its part of the burst, and gets that again in ten seconds, bit by bit") {
  const config::RetrySettings settings{.burst = 6};
  RetryAllowance whole, half;
  CHECK(all_of(whole, settings, start) == 6);
  CHECK(all_of(whole, settings, start) == 0);
  CHECK(all_of(half, settings, start, 0.5) == 3);
  CHECK(all_of(whole, settings, start + 5s) == 3);
  CHECK(all_of(half, settings, start + 5s, 0.5) == 1);
  CHECK(all_of(whole, settings, start - 1h) == 0);
  CHECK(all_of(whole, settings, start + 10s) == 3);
  CHECK(all_of(whole, settings, start + 1h) == 6);
  CHECK(all_of(half, settings, start + 1h, 0.5) == 3);
}

TEST_CASE("one retry must be there as a whole") {
  const config::RetrySettings settings{.burst = 1};
  RetryAllowance allowance;
  CHECK(all_of(allowance, settings, start) == 1);
  CHECK(!allowance.has(1, settings, start + 9'999ms));
  CHECK(RetryAllowance(allowance).has(1, settings, start + 10'001ms));
}

TEST_CASE(
    "a share of the requests is there at once, and saved up as far as those of the last ten seconds go") {
  const config::RetrySettings settings{.share = 0.25, .burst = 5};
  RetryAllowance spent, saved, halved;
  spent.count(100, settings, start);
  CHECK(all_of(spent, settings, start) == 5 + 25);
  for (RetryAllowance* each : {&saved, &halved}) each->count(100, settings, start);
  // A tenth part of e: 36.8 requests count still.
  CHECK(all_of(saved, settings, start + 10s) == 5 + 9);
  CHECK(all_of(halved, settings, start + 10s, 0.5) == 7);
  CHECK(all_of(saved, settings, start + 20s) == 5);
  saved.count(8, settings, start + 20s);
  CHECK(all_of(saved, settings, start + 20s) == 2);
}

TEST_CASE("what requests allow counts for every host that failed, by its part") {
  const config::RetrySettings settings{.share = 0.5, .burst = 4, .per_host = 0.5};
  RetryBudget budget;
  const auto taken = [&](std::uint64_t host) {
    int count = 0;
    while (count < 100 && budget.take(host, settings, start)) ++count;
    return count;
  };
  CHECK(taken(1) == 2);
  CHECK(taken(2) == 2);
  CHECK(taken(3) == 0);  // its own part is whole, the budget is not
  budget.count(20, settings, start);
  CHECK(taken(1) == 5);
  CHECK(taken(3) == 5);  // no more than there is in all
}

TEST_CASE("a host whose part is spent takes nothing from the others") {
  const config::RetrySettings settings{.share = 0, .burst = 4, .per_host = 0.25};
  RetryBudget budget;
  CHECK(budget.take(1, settings, start));
  for (int i = 0; i < 10; ++i) CHECK(!budget.take(1, settings, start));
  for (const std::uint64_t host : {2u, 3u, 4u}) CHECK(budget.take(host, settings, start));
  CHECK(!budget.take(5, settings, start));
}

TEST_CASE("what is known of four thousand hosts is forgotten with the next one") {
  const config::RetrySettings settings{.share = 0, .burst = 10'000, .per_host = 0.0001};
  RetryBudget budget;
  for (std::uint64_t host = 1; host <= 4'095; ++host) CHECK(budget.take(host, settings, start));
  CHECK(!budget.take(1, settings, start));
  CHECK(budget.take(4'096, settings, start));
  CHECK(budget.take(1, settings, start));
}

TEST_CASE("an attempt at the same place of another configuration is one elsewhere") {
  Decision decision;
  decision.chosen = 1;
  const std::vector<Attempt> tried{{.endpoint = 1, .generation = 2}};
  CHECK(retry_price(decision, tried, 3) == RetryPrice::free);
  CHECK(retry_price(decision, tried, 2) == RetryPrice::paid);
}
