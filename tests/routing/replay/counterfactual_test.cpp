#include "routing/replay/counterfactual.hpp"

#include <doctest/doctest.h>

#include <array>
#include <cmath>
#include <numbers>
#include <string>
#include <vector>

#include "routing/terms/draws.hpp"
#include "tests/support/close.hpp"

using namespace routing;

namespace {

constexpr std::size_t hosts = 4;
using Chances = std::array<double, hosts>;

// A stream of numbers from a seed.
class Chance {
 public:
  explicit Chance(std::uint64_t seed) : seed_(seed) {}
  double uniform() { return drawn(seed_, Purpose::explore, ++place_); }
  double normal() {
    return std::sqrt(-2 * std::log(1 - uniform())) * std::cos(2 * std::numbers::pi * uniform());
  }
  std::size_t among(const Chances& chances) {
    double left = uniform();
    for (std::size_t host = 0; host + 1 < hosts; ++host) {
      if (left < chances[host]) return host;
      left -= chances[host];
    }
    return hosts - 1;
  }

 private:
  std::uint64_t seed_;
  std::uint64_t place_ = 0;
};

// Chances that fall with the cost, as those of a policy that explores; none below 2 %.
Chances softened(const std::array<double, hosts>& costs, double sharpness) {
  Chances chances{};
  double sum = 0;
  for (std::size_t host = 0; host < hosts; ++host) sum += chances[host] = std::exp(-sharpness * costs[host]);
  for (double& chance : chances) chance = 0.02 + (1 - 0.02 * hosts) * chance / sum;
  return chances;
}

// A request: how long its prompt is, and each host's mood, which lasts for many requests.
struct Context {
  double kilotokens = 1;
  std::array<double, hosts> mood{};
};

class Contexts {
 public:
  explicit Contexts(std::uint64_t seed) : chance_(seed) {
    for (double& mood : now_.mood) mood = chance_.normal();
  }
  const Context& next() {
    now_.kilotokens = std::exp(0.8 * chance_.normal());
    for (double& mood : now_.mood) mood = 0.95 * mood + std::sqrt(1 - 0.95 * 0.95) * chance_.normal();
    return now_;
  }

 private:
  Chance chance_;
  Context now_;
};

constexpr std::array<double, hosts> price = {1, 1.6, 2.4, 4};
constexpr std::array<double, hosts> slowness = {3, 1.8, 1, 0.5};
constexpr std::array<double, hosts> failing = {0.08, 0.02, 0.05, 0.01};

double true_cost(const Context& c, std::size_t host) {
  return price[host] * c.kilotokens;
}
double true_seconds(const Context& c, std::size_t host) {
  return slowness[host] * (0.5 + 0.2 * c.kilotokens) * std::exp(0.3 * c.mood[host]);
}

// Both policies know the moods; the new one values time four times as much.
Chances chances(const Context& c, double value_of_time) {
  std::array<double, hosts> costs{};
  for (std::size_t host = 0; host < hosts; ++host) {
    costs[host] = true_cost(c, host) + value_of_time * true_seconds(c, host);
  }
  return softened(costs, 0.7);
}

enum class Model { right, biased };
enum class Measure { cost, seconds };

Part believed(const Context& c, std::size_t host, Measure measure, Model model) {
  const double wrong = model == Model::right ? 1 : 0.6 + 0.3 * static_cast<double>(host);
  if (measure == Measure::cost) return {wrong * true_cost(c, host), 1};
  const double answered = 1 - failing[host];
  return {wrong * true_seconds(c, host) * answered, answered};
}

Sample sample_of(const Context& c, Measure measure, Model model, Chance& chance) {
  const Chances old = chances(c, 0.5), fresh = chances(c, 2);
  const std::size_t host = chance.among(old);
  Sample sample{.weight = fresh[host] / old[host],
                .seen = {},
                .expected = believed(c, host, measure, model),
                .target = {0, 0}};
  const double noise = std::exp(0.4 * chance.normal() - 0.08);
  const bool failed = chance.uniform() < failing[host];
  if (measure == Measure::cost) {
    sample.seen = {true_cost(c, host) * noise, 1};
  } else {
    sample.seen = failed ? Part{0, 0} : Part{true_seconds(c, host) * noise, 1};
  }
  for (std::size_t other = 0; other < hosts; ++other) {
    const Part part = believed(c, other, measure, model);
    sample.target.value += fresh[other] * part.value;
    sample.target.of += fresh[other] * part.of;
  }
  return sample;
}

double truth(Measure measure) {
  Contexts contexts(99);
  double value = 0, of = 0;
  for (int i = 0; i < 200'000; ++i) {
    const Context& c = contexts.next();
    const Chances fresh = chances(c, 2);
    for (std::size_t host = 0; host < hosts; ++host) {
      const Part part = believed(c, host, measure, Model::right);
      value += fresh[host] * part.value;
      of += fresh[host] * part.of;
    }
  }
  return value / of;
}

struct Covered {
  int model = 0, weighted = 0, robust = 0;
};

Covered covered_of_200(Measure measure, Model model) {
  const double right = truth(measure);
  const auto holds = [&](const Interval& interval) {
    return interval.low <= right && right <= interval.high;
  };
  Covered covered;
  for (std::uint64_t trial = 1; trial <= 200; ++trial) {
    Contexts contexts(1'000 + trial);
    Chance chance(5'000 + trial);
    std::vector<Sample> samples;
    for (int i = 0; i < 2'000; ++i) samples.push_back(sample_of(contexts.next(), measure, model, chance));
    const Estimate estimate = routing::estimate(samples);
    covered.model += holds(estimate.model) ? 1 : 0;
    covered.weighted += holds(estimate.weighted) ? 1 : 0;
    covered.robust += holds(estimate.robust) ? 1 : 0;
  }
  return covered;
}

}  // namespace

TEST_CASE("the intervals hold the truth in at least 90 % of 200 trials, whatever the model is worth") {
  struct Case {
    std::string name;
    Measure measure;
    Model model;
  };
  for (const Case& test :
       {Case{"cost", Measure::cost, Model::right}, Case{"time", Measure::seconds, Model::right},
        Case{"cost, wrong model", Measure::cost, Model::biased},
        Case{"time, wrong model", Measure::seconds, Model::biased}}) {
    const Covered covered = covered_of_200(test.measure, test.model);
    INFO(test.name, ": model ", covered.model, ", weighted ", covered.weighted, ", robust ", covered.robust);
    CHECK(covered.weighted >= 180);
    CHECK(covered.robust >= 180);
    if (test.model == Model::right) CHECK(covered.model >= 180);
    if (test.model == Model::biased) CHECK(covered.model < 100);
  }
}

TEST_CASE("a good model makes the robust interval narrower than the weighted one") {
  Contexts contexts(7);
  Chance chance(8);
  std::vector<Sample> samples;
  for (int i = 0; i < 4'000; ++i)
    samples.push_back(sample_of(contexts.next(), Measure::cost, Model::right, chance));
  const Estimate estimate = routing::estimate(samples);
  CHECK(estimate.robust.high - estimate.robust.low < 0.85 * (estimate.weighted.high - estimate.weighted.low));
}

TEST_CASE("under the recorded policy itself every estimate is what was recorded") {
  Contexts contexts(3);
  Chance chance(4);
  std::vector<Sample> samples;
  for (int i = 0; i < 500; ++i) {
    Sample sample = sample_of(contexts.next(), Measure::cost, Model::right, chance);
    sample.weight = 1;
    sample.target = sample.expected;
    samples.push_back(sample);
  }
  const Estimate estimate = routing::estimate(samples);
  CHECK(estimate.weighted.mean == support::close(estimate.logged.mean));
  CHECK(estimate.robust.mean == support::close(estimate.logged.mean));
  CHECK(estimate.model.mean == support::close(estimate.logged.mean));
}

TEST_CASE("what hardly ever happens is believed as the model says it, and not as a multiple of it") {
  std::vector<Sample> samples(200);
  for (Sample& sample : samples) sample.seen = {0, 1}, sample.expected = {1e-4, 1}, sample.target = {0.03, 1};
  samples[7].seen.value = samples[99].seen.value = 1;
  CHECK(routing::estimate(samples).model.mean > 1);
  const Estimate taken = routing::estimate(samples, {.taken = EstimateSettings::Model::as_it_is});
  CHECK(taken.model.mean == support::close(0.03));
  // What was seen beyond what was believed is added, and does not multiply it.
  CHECK(taken.robust.mean == support::close(0.03 + 0.01 - 1e-4));
}

TEST_CASE("a weight is cut where it would outvote all others, and support says so") {
  std::vector<Sample> samples(100);
  for (Sample& sample : samples) sample.seen = {1, 1};
  samples[0].weight = 1'000;
  const Support support = routing::support(samples, {});
  CHECK(support.clipped == support::close(0.01));
  CHECK(support.effective == support::close(119.0 * 119.0 / (99 + 400)));
}

TEST_CASE("requests that the new policy would have sent elsewhere count for nothing") {
  std::vector<Sample> samples(100);
  for (std::size_t i = 0; i < samples.size(); ++i) {
    samples[i].weight = i % 2 == 0 ? 2 : 0;
    samples[i].seen = {i % 2 == 0 ? 3.0 : 50.0, 1};
  }
  CHECK(routing::estimate(samples).weighted.mean == support::close(3));
}

TEST_CASE("where there is nothing to answer from the answer is no number, and with little it has no bounds") {
  CHECK(std::isnan(routing::estimate({}).robust.mean));
  CHECK(routing::support({}, {}).covered == 0);
  std::vector<Sample> few(20);
  for (Sample& sample : few) sample.seen = sample.expected = sample.target = {1, 1};
  const Estimate estimate = routing::estimate(few);
  CHECK(estimate.logged.mean == 1);
  CHECK(std::isinf(estimate.logged.high));
  for (Sample& sample : few) sample.weight = 0;
  CHECK(std::isnan(routing::estimate(few).weighted.mean));
}
