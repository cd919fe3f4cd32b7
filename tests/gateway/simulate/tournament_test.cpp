#include "gateway/simulate/tournament.hpp"

#include <doctest/doctest.h>

#include "gateway/simulate/tournament_text.hpp"
#include "tests/support/close.hpp"

using namespace gateway;

namespace {

SimulationSetup small(std::size_t jobs) {
  SimulationSetup setup;
  setup.entrants = {{"ours", Entrant::Kind::policy, routing::make_core({}, {})},
                    {"random", Entrant::Kind::baseline, routing::make_baseline("random")},
                    {"peak-ewma", Entrant::Kind::baseline, routing::make_baseline("peak-ewma")}};
  setup.tournament = Numbers{1, 3};
  setup.seeds = {5, 6};
  setup.requests = 60;
  setup.settings.jobs = jobs;
  return setup;
}

// Ours costs `costs` where the best baseline costs 1, run by run.
Tournament decided(std::vector<double> costs, std::vector<double> failures = {}) {
  Tournament tournament;
  for (const auto kind : {Entrant::Kind::policy, Entrant::Kind::baseline, Entrant::Kind::baseline}) {
    tournament.entrants.push_back({std::to_string(tournament.entrants.size()), kind, {}});
  }
  const std::size_t runs = costs.size();
  if (failures.empty()) failures.resize(runs);
  tournament.matches.push_back({.number = 9,
                                .kind = routing::WorldKind::full,
                                .results = {{.costs = std::move(costs), .failures = std::move(failures)},
                                            {std::vector<double>(runs, 2.0), std::vector<double>(runs)},
                                            {std::vector<double>(runs, 1.0), std::vector<double>(runs)}}});
  return tournament;
}

}  // namespace

TEST_CASE("a tournament is the same on any number of threads, and each world is another") {
  const Tournament one = hold_tournament(small(1), {}), two = hold_tournament(small(2), {});
  REQUIRE(one.matches.size() == 3);
  for (std::size_t i = 0; i < 3; ++i) {
    CHECK(one.matches[i].number == i + 1);
    CHECK(one.matches[i].kind == static_cast<routing::WorldKind>(i + 1));
    for (std::size_t e = 0; e < 3; ++e)
      CHECK(one.matches[i].results[e].costs == two.matches[i].results[e].costs);
    CHECK(one.matches[i].results[0].costs[0] != one.matches[i].results[0].costs[1]);
  }
}

TEST_CASE("where bounds are sought, the tables say how far from them each kind of world is") {
  SimulationSetup setup = small(1);
  setup.tournament = Numbers{1, 2};
  CHECK(hold_tournament(setup, {}).matches[0].bounds.empty());
  setup.settings.bound = ComparisonSettings::Bound::sought;
  const Tournament tournament = hold_tournament(setup, {});
  REQUIRE(tournament.matches[0].bounds.size() == 2);
  CHECK(tournament.matches[0].bounds[0] > 0);
  const std::string text = tournament_tables(tournament, "", TableForm::terminal);
  CHECK(text.find("over the bound") != std::string::npos);
  CHECK(tournament_tables(decided({1.0}), "", TableForm::terminal).find("bound") == std::string::npos);
}

TEST_CASE("a policy is measured against the best baseline, and loses surely only where all runs say so") {
  Tournament tournament = decided({1.2, 1.2, 1.2}, {0.02, 0.02, 0.02});
  auto against = against_best(tournament, tournament.matches[0], 0);
  REQUIRE(against);
  CHECK(against->rival == 2);
  CHECK(against->ratio == support::close(1.2));
  CHECK(against->least_ratio == support::close(1.2));
  CHECK(against->least_failures == support::close(0.02));
  tournament = decided({1.0, 1.4, 1.2});
  against = against_best(tournament, tournament.matches[0], 0);
  CHECK(against->ratio > 1.1);
  CHECK(against->least_ratio < 1.0);
  tournament.entrants.resize(1);
  CHECK_FALSE(against_best(tournament, tournament.matches[0], 0));
}

TEST_CASE("the tables say how often who lost, name the worst worlds, and how to see them again") {
  const std::string text = tournament_tables(decided({1.2, 1.2}), "--seeds 1-2", TableForm::terminal);
  CHECK(text.find("full       1  1.200       100.0") != std::string::npos);
  CHECK(text.find("isocost simulate --worlds 9-9 --seeds 1-2\n") != std::string::npos);
  CHECK(tournament_csv(decided({1.5})).find("9,full,0,0,1.500000000,0.000000\n") != std::string::npos);
}
