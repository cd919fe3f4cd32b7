#include <doctest/doctest.h>

#include "gateway/serving/record_keeping.hpp"

using namespace gateway;
using routing::Removal;

TEST_CASE("what left out most is named, and of its rules the one that most fell to") {
  routing::Decision decision;
  const auto leave_out = [&](Removal removal, int rule, int times) {
    for (int i = 0; i < times; ++i) decision.verdicts.push_back({.removal = removal, .rule = rule});
  };
  leave_out(Removal::none, -1, 4);
  leave_out(Removal::policy_allow, 2, 1);
  leave_out(Removal::context, -1, 2);
  leave_out(Removal::policy_allow, 0, 3);
  const LeftOut seen = left_out(decision);
  CHECK(seen.most_by == Removal::policy_allow);
  CHECK(seen.rule == 0);
  CHECK(seen.by[static_cast<std::size_t>(Removal::none)] == 4);
  CHECK(seen.by[static_cast<std::size_t>(Removal::context)] == 2);
  CHECK(left_out({}).most_by == Removal::none);
}

TEST_CASE("what a decision foresaw is the chosen one's, and the least cost anybody's") {
  routing::Decision decision;
  decision.chosen = 7;
  decision.verdicts.push_back({.endpoint = 3, .prediction = {.ttft = 1, .price = 1}, .cost = {.price = 1}});
  decision.verdicts.push_back(
      {.endpoint = 7, .prediction = {.ttft = 0.5, .price = 2}, .cost = {.price = 2, .ttft = 1}});
  decision.verdicts.push_back({.endpoint = 8, .removal = Removal::open, .cost = {.price = 0.1}});
  const Foreseen seen = foreseen(decision);
  CHECK(seen.cost == 3);
  CHECK(seen.dollars == 2);
  CHECK(seen.ttft == 0.5);
  CHECK(seen.least_cost == 1);
}
