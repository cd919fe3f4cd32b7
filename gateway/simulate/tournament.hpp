// Contenders in many drawn worlds, each policy against the best baseline of each world, with the same luck
// for all. What one world says is an accident; how often and by how much somebody is beaten is not. Runs on
// as many threads as asked for; the result does not depend on how many.
#pragma once

#include "gateway/simulate/simulation_setup.hpp"
#include "routing/simulation/drawn_world.hpp"

namespace gateway {

struct WorldDrawn {
  World world;
  routing::WorldKind kind{};
};
// The world of this number with the traffic and the luck of this seed.
WorldDrawn world_drawn(std::uint64_t number, std::uint64_t seed, std::size_t requests);

// What one contender did in one world, by seed.
struct Result {
  std::vector<double> costs;     // mean of a request, in dollars
  std::vector<double> failures;  // share of requests

  double cost() const;
  double failed() const;
};

struct Match {
  std::uint64_t number = 0;
  routing::WorldKind kind{};
  std::vector<Result> results;   // by entrant
  std::vector<double> bounds{};  // of the cost, by seed; empty where they were not sought
};

struct Tournament {
  std::vector<Entrant> entrants;
  std::vector<Match> matches;  // by number

  // The baseline that was cheapest in this match over all seeds; nothing without baselines.
  std::optional<std::size_t> best_baseline(const Match& match) const;
};

Tournament hold_tournament(const SimulationSetup& setup, const Progress& progress);

// How an entrant fared against a match's best baseline.
struct Against {
  std::size_t rival = 0;
  double ratio = 1;           // of the costs
  double least_ratio = 1;     // the lower end of its 95 % interval, paired by seeds; the ratio with one seed
  double more_failures = 0;   // shares
  double least_failures = 0;  // likewise its lower end
};
std::optional<Against> against_best(const Tournament& tournament, const Match& match, std::size_t entrant);

}  // namespace gateway
