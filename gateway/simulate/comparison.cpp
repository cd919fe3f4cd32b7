#include "gateway/simulate/comparison.hpp"

#include <atomic>
#include <cmath>
#include <numeric>
#include <thread>

#include "gateway/simulate/timed_contender.hpp"
#include "routing/bounds/bound.hpp"

namespace gateway {
namespace {

struct Run {
  routing::Scorecard card;
  Deciding deciding;
};

// The mean, and its standard error; 0 of one value.
struct Mean {
  double value = 0, error = 0;
};
Mean mean_with_error(const std::vector<double>& values) {
  const auto n = static_cast<double>(values.size());
  Mean mean{.value = std::accumulate(values.begin(), values.end(), 0.0) / n};
  double squares = 0;
  for (const double value : values) squares += (value - mean.value) * (value - mean.value);
  if (n > 1) mean.error = std::sqrt(squares / (n - 1) / n);
  return mean;
}

// One thread's work: runs that nobody else has begun.
void work(const ComparisonSettings& settings, const std::vector<Entrant>& entrants, std::vector<Run>& runs,
          std::atomic<std::size_t>& next, const std::function<void(std::size_t)>& done) {
  for (;;) {
    const std::size_t i = next.fetch_add(1);
    if (i >= runs.size()) return;
    const World& world = settings.worlds[i % settings.worlds.size()];
    const Entrant& entrant = entrants[i / settings.worlds.size()];
    const routing::Scenario scenario = scenario_of(settings, world);
    std::size_t counted = 0;
    runs[i].card = routing::simulate(
        scenario,
        [&](routing::SimulatedMarket& market, config::TimePoint now) {
          return std::make_unique<TimedContender>(entrant.make(market, now), runs[i].deciding);
        },
        [&](std::size_t requests) {
          done(requests - counted);
          counted = requests;
          return routing::GoOn::yes;
        });
    done(world.trace.requests.size() - counted);
  }
}

Contestant standing(const Entrant& entrant, std::span<const Run> runs, std::span<const Run> oracle) {
  Contestant result{
      .name = entrant.name, .kind = entrant.kind, .sum = {}, .first = runs.front().card, .regrets = {}};
  Deciding deciding;
  for (std::size_t i = 0; i < runs.size(); ++i) {
    result.sum.merge(runs[i].card);
    result.regrets.push_back(runs[i].card.cost() / oracle[i].card.cost() - 1);
    deciding.time += runs[i].deciding.time;
    deciding.times += runs[i].deciding.times;
  }
  const Mean regret = mean_with_error(result.regrets);
  result.regret = regret.value;
  result.regret_error = regret.error;
  if (deciding.times > 0) {
    result.seconds_per_decision =
        config::Seconds(deciding.time).count() / static_cast<double>(deciding.times);
  }
  return result;
}

BoundFound bound(const ComparisonSettings& settings, std::span<const Run> oracle) {
  std::vector<double> costs(settings.worlds.size());
  std::atomic<std::size_t> next = 0;
  const auto seek = [&] {
    for (std::size_t i = next.fetch_add(1); i < costs.size(); i = next.fetch_add(1)) {
      costs[i] = routing::least_cost(scenario_of(settings, settings.worlds[i]));
    }
  };
  {
    std::vector<std::jthread> threads;
    for (std::size_t i = 1; i < settings.jobs; ++i) threads.emplace_back(seek);
    seek();
  }
  std::vector<double> regrets;
  for (std::size_t i = 0; i < costs.size(); ++i) regrets.push_back(costs[i] / oracle[i].card.cost() - 1);
  const Mean regret = mean_with_error(regrets);
  return {.cost = mean_with_error(costs).value, .regret = regret.value, .regret_error = regret.error};
}

}  // namespace

routing::Scenario scenario_of(const ComparisonSettings& settings, const World& world) {
  return {.fleet = &world.fleet,
          .trace = &world.trace,
          .family = world.family,
          .seed = world.seed,
          .values = settings.values,
          .failure_fine = settings.failure_fine,
          .slo = settings.slo};
}

Comparison compare(const ComparisonSettings& settings, const std::vector<Entrant>& entrants,
                   const Progress& progress) {
  std::vector<Entrant> all{{"oracle", Entrant::Kind::oracle, routing::make_oracle(settings.values)}};
  all.insert(all.end(), entrants.begin(), entrants.end());

  std::size_t requests = 0;
  for (const World& world : settings.worlds) requests += world.trace.requests.size() * all.size();
  std::atomic<std::size_t> requests_done = 0;
  const auto done = [&](std::size_t more) {
    const std::size_t so_far = requests_done.fetch_add(more) + more;
    if (progress) progress(so_far, requests);
  };

  std::vector<Run> runs(all.size() * settings.worlds.size());
  std::atomic<std::size_t> next = 0;
  std::vector<std::jthread> threads;
  for (std::size_t i = 1; i < settings.jobs; ++i) {
    threads.emplace_back([&] { work(settings, all, runs, next, done); });
  }
  work(settings, all, runs, next, done);
  threads.clear();

  Comparison result{
      .standings = {}, .host_names = {}, .value_per_hour = settings.values.value_of_ttft * 3600};
  const std::span<const Run> every(runs);
  const std::size_t n = settings.worlds.size();
  if (settings.bound == ComparisonSettings::Bound::sought) result.bound = bound(settings, every.first(n));
  for (std::size_t i = 0; i < all.size(); ++i) {
    result.standings.push_back(standing(all[i], every.subspan(i * n, n), every.first(n)));
  }
  for (const config::SimulatedHost& host : settings.worlds.front().fleet.hosts) {
    result.host_names.push_back(host.display_name.empty() ? host.name.text : host.display_name);
  }
  return result;
}

}  // namespace gateway
