// Several contenders in the same worlds, seed by seed, and how they compare with the oracle. Runs on as many
// threads as asked for; the result does not depend on how many.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "routing/simulation/entrants.hpp"
#include "routing/simulation/simulation.hpp"

namespace gateway {

struct Entrant {
  enum class Kind { oracle, policy, baseline };
  std::string name;
  Kind kind = Kind::policy;
  routing::MakeContender make;
};

// One seed's world: fleet, traffic and luck.
struct World {
  std::uint64_t seed = 1;
  config::Fleet fleet;
  config::Trace trace;
  routing::WorldFamily family = routing::WorldFamily::drifting;
};

struct ComparisonSettings {
  std::vector<World> worlds;
  routing::Policy values;    // what the judge thinks a second is worth, and what is forbidden to all
  double failure_fine = 10;  // of an ordinary answer's cost
  config::Seconds slo{2};
  enum class Bound { left_out, sought } bound = Bound::left_out;
  std::size_t jobs = 1;
};

struct Contestant {
  std::string name;
  Entrant::Kind kind{};
  routing::Scorecard sum;           // over all seeds
  routing::Scorecard first;         // of the first seed
  double regret = 0;                // mean over seeds of cost / the oracle's cost - 1
  double regret_error = 0;          // its standard error; 0 with one seed
  std::vector<double> regrets;      // by seed
  double seconds_per_decision = 0;  // measured: not the same in every run
};

// What requests cost at the least (routing::least_cost), and how far that is from what they cost with the
// oracle.
struct BoundFound {
  double cost = 0;          // mean over seeds, dollars
  double regret = 0;        // below 0
  double regret_error = 0;  // as a contestant's
};

struct Comparison {
  std::vector<Contestant> standings;    // the oracle first, then as asked for
  std::optional<BoundFound> bound{};    // where it was sought
  std::vector<std::string> host_names;  // of the first world
  double value_per_hour = 0;            // dollars
};

// One world's scenario. Both must outlive it.
routing::Scenario scenario_of(const ComparisonSettings& settings, const World& world);

// Called from another thread than the caller's, with requests done and to do.
using Progress = std::function<void(std::size_t done, std::size_t all)>;
Comparison compare(const ComparisonSettings& settings, const std::vector<Entrant>& entrants,
                   const Progress& progress);

}  // namespace gateway
