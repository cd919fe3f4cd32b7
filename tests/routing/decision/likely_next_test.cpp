// To whom connections are made ahead.
#include "routing/decision/likely_next.hpp"

#include <doctest/doctest.h>

#include <algorithm>

using namespace routing;

namespace {

struct Ranked {
  EndpointIndex endpoint = 0;
  double propensity = 0;
};

// Those that were not removed, the best first.
Decision decision_of(const std::vector<Ranked>& ranked, std::optional<EndpointIndex> chosen) {
  Decision decision;
  decision.chosen = chosen;
  for (const Ranked& each : ranked) {
    decision.order.push_back(static_cast<std::uint32_t>(decision.verdicts.size()));
    decision.verdicts.push_back({.endpoint = each.endpoint, .propensity = each.propensity});
  }
  return decision;
}

std::vector<EndpointIndex> likely(const Decision& decision) {
  const LikelyNext next = likely_next(decision);
  return {next.begin(), next.end()};
}

using Endpoints = std::vector<EndpointIndex>;

}  // namespace

TEST_CASE("the one chosen and the one that takes over when it fails are likely to be asked") {
  CHECK(likely(decision_of({{7, 1}, {3, 0}, {5, 0}}, 7)) == Endpoints{7, 3});
  CHECK(likely(decision_of({{7, 1}}, 7)) == Endpoints{7});
  CHECK(likely(decision_of({}, std::nullopt)).empty());
}

TEST_CASE("whoever a draw falls on once in twenty requests is likely, too, at most four in all") {
  CHECK(likely(decision_of({{7, 0.5}, {3, 0.4}, {5, 0.06}, {4, 0.04}}, 5)) == Endpoints{5, 7, 3});
  CHECK(likely(decision_of({{7, 0.5}, {3, 0.3}, {5, 0.1}, {4, 0.1}}, 7)) == Endpoints{7, 3, 5, 4});
  CHECK(likely(decision_of({{7, 0.2}, {3, 0.2}, {5, 0.2}, {4, 0.2}, {9, 0.2}}, 9)).size() == 4);
}

TEST_CASE("who was left out is never likely") {
  Decision decision = decision_of({{7, 1}}, 7);
  decision.verdicts.push_back({.endpoint = 8, .removal = Removal::always, .propensity = 1});
  CHECK(likely(decision) == Endpoints{7});
}
