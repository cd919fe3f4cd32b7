#include "gateway/simulate/comparison.hpp"

#include <doctest/doctest.h>

#include <cmath>
#include <mutex>

#include "gateway/simulate/comparison_text.hpp"
#include "routing/host_model/generated_fleet.hpp"
#include "routing/host_model/generated_trace.hpp"
#include "tests/support/close.hpp"

using namespace gateway;

namespace {

ComparisonSettings two_worlds(std::size_t requests = 300) {
  ComparisonSettings settings;
  for (const std::uint64_t seed : {3u, 4u}) {
    settings.worlds.push_back(
        {.seed = seed,
         .fleet = routing::generated_fleet(4, seed),
         .trace = routing::generated_trace({.per_second = 3, .requests = requests}, seed)});
  }
  return settings;
}

std::vector<Entrant> three() {
  return {{"isocost", Entrant::Kind::policy, routing::make_core({}, {})},
          {"random", Entrant::Kind::baseline, routing::make_baseline("random")},
          {"cheapest", Entrant::Kind::baseline, routing::make_baseline("cheapest")}};
}

routing::Scorecard alone(const ComparisonSettings& settings, std::size_t world,
                         const routing::MakeContender& make) {
  return routing::simulate({.fleet = &settings.worlds[world].fleet,
                            .trace = &settings.worlds[world].trace,
                            .family = settings.worlds[world].family,
                            .seed = settings.worlds[world].seed,
                            .values = settings.values,
                            .slo = settings.slo},
                           make);
}

}  // namespace

TEST_CASE("every contender meets every world, and is measured by the oracle there") {
  const ComparisonSettings settings = two_worlds();
  const Comparison found = compare(settings, three(), {});
  REQUIRE(found.standings.size() == 4);
  CHECK(found.standings[0].name == "oracle");
  CHECK(found.standings[0].kind == Entrant::Kind::oracle);
  CHECK(found.standings[0].regret == 0);
  CHECK(found.value_per_hour == support::close(3.6));
  CHECK(found.host_names.size() == 4);

  const Contestant& random = found.standings[2];
  CHECK(random.name == "random");
  REQUIRE(random.regrets.size() == 2);
  routing::Scorecard sum;
  for (std::size_t world = 0; world < 2; ++world) {
    const double oracle = alone(settings, world, routing::make_oracle(settings.values)).cost();
    const routing::Scorecard card = alone(settings, world, routing::make_baseline("random"));
    CHECK(random.regrets[world] == card.cost() / oracle - 1);
    if (world == 0) CHECK(random.first.dollars == card.dollars);
    sum.merge(card);
  }
  CHECK(random.sum.requests == 600);
  CHECK(random.sum.dollars == sum.dollars);
  CHECK(random.regret == support::close((random.regrets[0] + random.regrets[1]) / 2));
  // The standard error of a mean of two is half of their distance.
  CHECK(random.regret_error == support::close(std::abs(random.regrets[0] - random.regrets[1]) / 2));
}

TEST_CASE("how many threads there are changes nothing") {
  ComparisonSettings settings = two_worlds();
  const Comparison one = compare(settings, three(), {});
  settings.jobs = 5;
  const Comparison five = compare(settings, three(), {});
  REQUIRE(one.standings.size() == five.standings.size());
  for (std::size_t i = 0; i < one.standings.size(); ++i) {
    CHECK(one.standings[i].name == five.standings[i].name);
    CHECK(one.standings[i].regrets == five.standings[i].regrets);
    CHECK(one.standings[i].sum.dollars == five.standings[i].sum.dollars);
    CHECK(one.standings[i].sum.attempts == five.standings[i].sum.attempts);
  }
}

TEST_CASE("with one seed there is no error to tell") {
  ComparisonSettings settings = two_worlds();
  settings.worlds.pop_back();
  for (const Contestant& each : compare(settings, three(), {}).standings) {
    CHECK(each.regrets.size() == 1);
    CHECK(each.regret == each.regrets[0]);
    CHECK(each.regret_error == 0);
  }
}

TEST_CASE("progress counts each request of each run once") {
  ComparisonSettings settings = two_worlds(3'000);
  settings.jobs = 2;
  std::mutex counting;
  std::size_t most = 0, calls = 0;
  compare(settings, three(), [&](std::size_t done, std::size_t all) {
    const std::lock_guard lock(counting);
    CHECK(all == 2 * 4 * 3'000);
    CHECK(done <= all);
    most = std::max(most, done);
    ++calls;
  });
  CHECK(most == 2 * 4 * 3'000);
  CHECK(calls > 2 * 4);  // not only when a run is over
}

TEST_CASE("what nobody can stay below is told where it is asked for, against the oracle") {
  ComparisonSettings settings = two_worlds();
  CHECK_FALSE(compare(settings, {}, {}).bound);
  settings.bound = ComparisonSettings::Bound::sought;
  const Comparison found = compare(settings, {}, {});
  REQUIRE(found.bound);
  CHECK(found.bound->cost > 0);
  CHECK(found.bound->regret < 0);
  CHECK(found.bound->regret > -1);
  CHECK(found.bound->regret_error > 0);
  const std::string table = comparison_table(found, TableForm::terminal);
  CHECK(table.find("\nbound ") < table.find("\noracle "));
  CHECK(comparison_json(found, "").find("\"bound\":{\"mean_cost\":") != std::string::npos);
}

TEST_CASE("a host goes by the name that people gave it") {
  ComparisonSettings settings = two_worlds(20);
  settings.worlds[0].fleet.hosts[0].display_name = "Host One";
  settings.worlds[0].fleet.hosts[1].display_name.clear();
  const Comparison found = compare(settings, {}, {});
  CHECK(found.host_names[0] == "Host One");
  CHECK(found.host_names[1] == settings.worlds[0].fleet.hosts[1].name.text);
}
