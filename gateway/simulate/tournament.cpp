#include "gateway/simulate/tournament.hpp"

#include <atomic>
#include <cmath>
#include <numeric>
#include <thread>

#include "routing/bounds/bound.hpp"

namespace gateway {
namespace {

double mean(const std::vector<double>& values) {
  return std::accumulate(values.begin(), values.end(), 0.0) /
         static_cast<double>(std::max<std::size_t>(1, values.size()));
}

// The lower end of the mean's 95 % interval, by Student's t.
double lower_end(const std::vector<double>& values) {
  const double middle = mean(values);
  const std::size_t n = values.size();
  if (n < 2) return middle;
  constexpr double quantiles[] = {12.71, 4.30, 3.18, 2.78, 2.57, 2.45, 2.36, 2.31, 2.26, 2.23};
  const double t = n - 2 < std::size(quantiles) ? quantiles[n - 2] : 1.96 + 2.4 / static_cast<double>(n - 1);
  double squares = 0;
  for (const double value : values) squares += (value - middle) * (value - middle);
  return middle - t * std::sqrt(squares / static_cast<double>(n - 1) / static_cast<double>(n));
}

class Hall {
 public:
  Hall(const SimulationSetup& setup, const Progress& progress, Tournament& tournament)
      : setup_(setup), progress_(progress), tournament_(tournament) {
    const std::size_t seeds = setup.seeds.size();
    for (std::uint64_t number = setup.tournament->first; number <= setup.tournament->last; ++number) {
      Match match{.number = number, .results = std::vector<Result>(setup.entrants.size())};
      for (Result& result : match.results) result.costs.resize(seeds), result.failures.resize(seeds);
      if (seeks_bounds()) match.bounds.resize(seeds);
      tournament.matches.push_back(std::move(match));
    }
  }

  // One thread's work: worlds that nobody else has begun.
  void work() {
    const std::size_t seeds = setup_.seeds.size(), all = tournament_.matches.size() * seeds;
    for (;;) {
      const std::size_t i = next_.fetch_add(1);
      if (i >= all) return;
      play(tournament_.matches[i / seeds], i % seeds);
      if (progress_) progress_(done_.fetch_add(1) + 1, all);
    }
  }

 private:
  bool seeks_bounds() const { return setup_.settings.bound == ComparisonSettings::Bound::sought; }
  void play(Match& match, std::size_t seed) {
    const WorldDrawn drawn = world_drawn(match.number, setup_.seeds[seed], setup_.requests);
    if (seed == 0) match.kind = drawn.kind;
    const routing::Scenario scenario = scenario_of(setup_.settings, drawn.world);
    if (seeks_bounds()) match.bounds[seed] = routing::least_cost(scenario);
    for (std::size_t e = 0; e < setup_.entrants.size(); ++e) {
      const routing::Scorecard card = routing::simulate(scenario, setup_.entrants[e].make);
      const auto requests = static_cast<double>(std::max<std::uint64_t>(1, card.requests));
      match.results[e].costs[seed] = card.cost();
      match.results[e].failures[seed] = static_cast<double>(card.failures) / requests;
    }
  }

  const SimulationSetup& setup_;
  const Progress& progress_;
  Tournament& tournament_;
  std::atomic<std::size_t> next_ = 0, done_ = 0;
};

}  // namespace

double Result::cost() const {
  return mean(costs);
}
double Result::failed() const {
  return mean(failures);
}

WorldDrawn world_drawn(std::uint64_t number, std::uint64_t seed, std::size_t requests) {
  routing::DrawnWorld drawn = routing::drawn_world(number, requests);
  drawn.fleet.seed = seed;
  return {.world = {.seed = seed,
                    .fleet = std::move(drawn.fleet),
                    .trace = routing::generated_trace(drawn.traffic, seed),
                    .family = drawn.family},
          .kind = drawn.kind};
}

std::optional<std::size_t> Tournament::best_baseline(const Match& match) const {
  std::optional<std::size_t> best;
  for (std::size_t i = 0; i < entrants.size(); ++i) {
    if (entrants[i].kind != Entrant::Kind::baseline) continue;
    if (!best || match.results[i].cost() < match.results[*best].cost()) best = i;
  }
  return best;
}

Tournament hold_tournament(const SimulationSetup& setup, const Progress& progress) {
  Tournament tournament{.entrants = setup.entrants, .matches = {}};
  Hall hall(setup, progress, tournament);
  {
    std::vector<std::jthread> threads;
    for (std::size_t i = 1; i < setup.settings.jobs; ++i) threads.emplace_back([&] { hall.work(); });
    hall.work();
  }
  return tournament;
}

std::optional<Against> against_best(const Tournament& tournament, const Match& match, std::size_t entrant) {
  const std::optional<std::size_t> rival = tournament.best_baseline(match);
  if (!rival) return std::nullopt;
  const Result& own = match.results[entrant];
  const Result& best = match.results[*rival];
  std::vector<double> logs, failures;
  for (std::size_t i = 0; i < own.costs.size(); ++i) {
    logs.push_back(std::log(own.costs[i] / best.costs[i]));
    failures.push_back(own.failures[i] - best.failures[i]);
  }
  return Against{.rival = *rival,
                 .ratio = std::exp(mean(logs)),
                 .least_ratio = std::exp(lower_end(logs)),
                 .more_failures = mean(failures),
                 .least_failures = lower_end(failures)};
}

}  // namespace gateway
