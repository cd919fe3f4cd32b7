// Providers that fall silent with all their endpoints at once, and what it is worth to know whose endpoints
// those are when a second one is asked beside a silent one.
#include <doctest/doctest.h>

#include <algorithm>

#include "routing/host_model/generated_fleet.hpp"
#include "routing/host_model/generated_trace.hpp"
#include "routing/simulation/entrants.hpp"
#include "routing/simulation/world_fashion.hpp"

namespace {

using namespace routing;

constexpr std::size_t silent_hosts = 9, of_each_provider = 3;
constexpr double silences_per_second = 0.5, silences_asked = 2000;

// Nine endpoints of three providers, like beside like, each provider 40 times slower for some 20 s now and
// then.
struct Silences {
  config::Fleet fleet;
  std::vector<std::size_t> provider_of = std::vector<std::size_t>(silent_hosts);

  explicit Silences(std::uint64_t seed) : fleet(generated_fleet(silent_hosts, seed)) {
    std::vector<std::size_t> order(silent_hosts);
    for (std::size_t i = 0; i < silent_hosts; ++i) order[i] = i;
    std::ranges::sort(order, {}, [&](std::size_t i) {
      const config::SimulatedHost& host = fleet.hosts[i];
      return host.prices.output.dollars_per_token() * 300 +
             0.005 * (host.ttft.base.count() + 300 / host.speed.tokens_per_second);
    });
    Chance chance(seed);
    constexpr double whole = silences_asked / silences_per_second, length = 20, times = 0.06 * whole / length;
    for (std::size_t provider = 0; provider < silent_hosts / of_each_provider; ++provider) {
      config::BusyEpisodes silent{.when = {.mean_between = {}, .mean_length = {}, .scheduled = {}},
                                  .ttft_factor = 40,
                                  .speed_factor = 0.5};
      for (double i = 0; i < times; ++i) {
        const double begin = whole * (i + chance.uniform(0, 0.8)) / times;
        silent.when.scheduled.push_back({config::Seconds(begin), config::Seconds(length)});
      }
      for (std::size_t k = 0; k < of_each_provider; ++k) {
        const std::size_t host = order[provider * of_each_provider + k];
        fleet.hosts[host].busy_episodes = silent;
        provider_of[host] = order[provider * of_each_provider];
      }
    }
  }

  // The catalogue with three providers in place of nine.
  std::shared_ptr<const Catalogue> joined(const Catalogue& apart) const {
    config::Settings settings = apart.settings();
    for (config::EndpointSettings& endpoint : settings.models.front().endpoints) {
      endpoint.provider_index = provider_of[endpoint.provider_index];
      endpoint.provider = settings.providers[endpoint.provider_index].name;
    }
    return std::make_shared<const Catalogue>(std::move(settings), apart.generation());
  }
};

enum class Whose { known, unknown };

double cost_of_silences(Whose whose, std::uint64_t seed) {
  const Silences world(seed);
  const config::Trace trace = generated_trace(
      {.per_second = silences_per_second, .requests = static_cast<std::size_t>(silences_asked)}, seed);
  Policy policy;
  policy.value_of_ttft = policy.value_of_generation = 18.0 / 3600;
  const Scenario scenario{.fleet = &world.fleet, .trace = &trace, .seed = seed, .values = policy};
  return simulate(scenario,
                  [&](SimulatedMarket& market, config::TimePoint now) {
                    const auto& apart = market.catalogue(now);
                    return std::make_unique<CoreContender>(
                        policy, CoreParts{}, whose == Whose::known ? world.joined(*apart) : apart, now);
                  })
      .cost();
}

}  // namespace

TEST_CASE("where a provider falls silent as a whole it costs less to know whose endpoints are whose") {
  double known = 0, unknown = 0;
  for (std::uint64_t seed = 1; seed <= 12; ++seed) {
    known += cost_of_silences(Whose::known, seed);
    unknown += cost_of_silences(Whose::unknown, seed);
  }
  MESSAGE("known over unknown: ", known / unknown);
  CHECK(known < unknown);
}
