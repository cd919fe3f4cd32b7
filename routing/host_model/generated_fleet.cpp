#include "routing/host_model/generated_fleet.hpp"

#include <algorithm>
#include <cmath>

#include "routing/host_model/host_draws.hpp"

namespace routing {
namespace {

enum FleetDraw : std::uint64_t {
  list_price,
  price_level,
  output_price,
  first_token,
  per_prompt,
  ttft_load,
  ttft_noise,
  pace,
  pace_load,
  slots,
  caches,
  limits,
  limit_level,
  busy,
  down,
  drift_ttft,
  drift_speed,
  drift_time,
  errors,
  cuts,
  stalls,
  stragglers,
  billing
};

config::PricePerMillionTokens per_million(double dollars) {
  return {{static_cast<std::int64_t>(std::llround(dollars * 1e4)) * 100'000}};
}

void give_prices(config::SimulatedHost& host, const HostDraws& draws, std::uint64_t key) {
  // Half of them follow the crowd to the cent.
  const bool follows = draws.happens(0.4, key, list_price);
  const double level = follows ? 1 : draws.lognormal(0.45, key, price_level);
  const double input = 0.55 * level;
  host.prices.input = per_million(input);
  host.prices.output = per_million(input * (follows ? 3.5 : 3.5 * draws.lognormal(0.2, key, output_price)));
  if (!draws.happens(0.6, key, caches)) return;
  host.prices.cache_read = per_million(input * 0.3);
  host.prompt_cache = config::PromptCacheBehaviour{.reliability = 0.85};
}

void give_speed(config::SimulatedHost& host, const HostDraws& draws, std::uint64_t key) {
  host.ttft.base = config::Seconds{std::clamp(0.9 * draws.lognormal(0.75, key, first_token), 0.2, 8.0)};
  host.ttft.per_1000_prompt = host.ttft.base * (0.12 * draws.lognormal(0.4, key, per_prompt));
  host.ttft.load = 0.4 + 0.8 * draws.uniform(key, ttft_load);
  host.ttft.log_sd = 0.2 + 0.2 * draws.uniform(key, ttft_noise);
  host.speed.tokens_per_second = std::clamp(40 * draws.lognormal(0.55, key, pace), 9.0, 150.0);
  host.speed.load = 0.2 + 0.3 * draws.uniform(key, pace_load);
  host.speed.log_sd = 0.15;
  host.batch.slots =
      static_cast<int>(std::lround(std::clamp(20 * draws.lognormal(0.45, key, slots), 8.0, 64.0)));
  // Hosts are asked to say early that they are full, and most of them do.
  host.batch.queue = host.batch.slots / 4;
  host.batch.full_status = draws.happens(0.5, key, billing) ? 429 : 503;
  host.cancel_stops_billing = draws.happens(0.6, key, billing);
}

void give_trouble(config::SimulatedHost& host, const HostDraws& draws, std::uint64_t key) {
  using std::chrono::minutes;
  host.drift = {.ttft_log_sd = 0.15 + 0.35 * draws.uniform(key, drift_ttft),
                .speed_log_sd = 0.05 + 0.2 * draws.uniform(key, drift_speed),
                .time_constant = config::Seconds{300 + 600 * draws.uniform(key, drift_time)}};
  if (draws.happens(0.5, key, busy)) {
    host.busy_episodes = config::BusyEpisodes{
        .when = {.mean_between = minutes{25}, .mean_length = minutes{4}, .scheduled = {}},
        .ttft_factor = 3.5,
        .speed_factor = 0.5};
  }
  if (draws.happens(0.35, key, down)) {
    host.outages = config::Outages{
        .when = {.mean_between = minutes{50}, .mean_length = minutes{3}, .scheduled = {}}, .status = 503};
  }
  if (draws.happens(0.3, key, limits)) {
    host.rate_limits.requests_per_minute = 60 * (1 + 2 * draws.uniform(key, limit_level));
  }
  host.mishaps.errors = {{.status = 500, .probability = 0.002 + 0.01 * draws.uniform(key, errors)}};
  host.mishaps.cut = 0.003 * draws.uniform(key, cuts);
  host.mishaps.stall = 0.003 * draws.uniform(key, stalls);
  host.mishaps.stall_length = config::Seconds{20};
  host.mishaps.straggler = 0.02 * draws.uniform(key, stragglers);
  host.mishaps.straggler_factor = 5;
}

}  // namespace

config::Fleet generated_fleet(std::size_t hosts, std::uint64_t seed) {
  config::Fleet fleet;
  fleet.title = std::to_string(hosts) + " made-up hosts";
  fleet.seed = seed;
  fleet.models.emplace_back().name = {"made-up/model"};
  const HostDraws draws(mixed(seed, 0xf1ee7));
  for (std::size_t i = 0; i < hosts; ++i) {
    config::SimulatedHost host;
    host.name = {(i < 9 ? "host0" : "host") + std::to_string(i + 1)};
    host.model = fleet.models.front().name;
    give_prices(host, draws, i);
    give_speed(host, draws, i);
    give_trouble(host, draws, i);
    fleet.hosts.push_back(std::move(host));
  }
  return fleet;
}

}  // namespace routing
