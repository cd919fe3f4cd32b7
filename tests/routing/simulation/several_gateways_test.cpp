// The same traffic over one gateway and over three, that tell each other what they measure and that do not.
#include <doctest/doctest.h>

#include "routing/host_model/generated_fleet.hpp"
#include "routing/host_model/generated_trace.hpp"
#include "routing/simulation/entrants.hpp"

using namespace routing;

namespace {

// Means over seeds of cost over the oracle's, less one.
struct Regrets {
  double one = 0, told = 0, alone = 0;
};

Regrets regrets(std::size_t hosts, double per_second, std::size_t requests, std::uint64_t seeds) {
  Regrets sum;
  for (std::uint64_t seed = 2001; seed < 2001 + seeds; ++seed) {
    const config::Fleet fleet = generated_fleet(hosts, seed);
    const config::Trace trace = generated_trace({.per_second = per_second, .requests = requests}, seed);
    const Scenario scenario{.fleet = &fleet, .trace = &trace, .seed = seed, .values = {}};
    const double least = simulate(scenario, make_oracle({})).cost();
    const auto regret = [&](const MakeContender& make) {
      return (simulate(scenario, make).cost() / least - 1) / static_cast<double>(seeds);
    };
    sum.one += regret(make_core({}, {}));
    sum.told += regret(make_several({}, {}, 3, SeveralGateways::Exchange::told));
    sum.alone += regret(make_several({}, {}, 3, SeveralGateways::Exchange::nothing));
  }
  return sum;
}

}  // namespace

TEST_CASE("three gateways that tell each other what they measure lose little to one with all the traffic") {
  const Regrets quiet = regrets(8, 1.5, 1500, 6);
  MESSAGE("0.5 req/s each: one ", quiet.one, ", three ", quiet.told, ", alone ", quiet.alone);
  CHECK(quiet.told < quiet.one + 0.02);
  CHECK(quiet.told < quiet.alone - 0.004);
}

TEST_CASE("one gateway that could tell others decides as one that has none") {
  const config::Fleet fleet = generated_fleet(8, 7);
  const config::Trace trace = generated_trace({.per_second = 2, .requests = 300}, 7);
  const Scenario scenario{.fleet = &fleet, .trace = &trace, .seed = 7, .values = {}};
  CHECK(simulate(scenario, make_several({}, {}, 1, SeveralGateways::Exchange::told)).cost() ==
        simulate(scenario, make_core({}, {})).cost());
}
