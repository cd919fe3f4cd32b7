#include "routing/simulation/drawn_world.hpp"

#include <algorithm>
#include <cmath>
#include <string>

#include "routing/simulation/world_fashion.hpp"

namespace routing {
namespace {

// Who would be liked best goes down most often.
void make_flap(config::Fleet& fleet, Chance& chance) {
  const auto liked = [](const config::SimulatedHost& host) {
    return host.prices.output.dollars_per_token() / host.speed.tokens_per_second * host.ttft.base.count();
  };
  std::ranges::sort(fleet.hosts, {}, liked);
  const int count = chance.whole(1, std::max(1, static_cast<int>(fleet.hosts.size() / 2)));
  for (int i = 0; i < count; ++i) {
    constexpr int statuses[] = {503, 500, 0};
    fleet.hosts[static_cast<std::size_t>(i)].outages =
        config::Outages{.when = {.mean_between = config::Seconds(chance.log_uniform(5, 60)),
                                 .mean_length = config::Seconds(chance.log_uniform(2, 30)),
                                 .scheduled = {}},
                        .status = statuses[chance.whole(0, 2)]};
  }
}

void put_into_clouds(config::Fleet& fleet, double length, Chance& chance) {
  const int clouds = chance.whole(2, 3);
  for (int cloud = 0; cloud < clouds; ++cloud) {
    config::Outages outages{.when = {}, .status = chance.happens(0.7) ? 503 : 0};
    const int times = chance.whole(1, 4);
    for (int i = 0; i < times; ++i) {
      outages.when.scheduled.push_back({config::Seconds(length * (i + chance.uniform(0.1, 0.7)) / times),
                                        config::Seconds(length * chance.uniform(0.01, 0.1))});
    }
    // Of two clouds, a third of the hosts is in neither.
    for (auto i = static_cast<std::size_t>(cloud); i < fleet.hosts.size(); i += 3)
      fleet.hosts[i].outages = outages;
  }
}

void change_prices(config::Fleet& fleet, double length, Chance& chance) {
  for (config::SimulatedHost& host : fleet.hosts) {
    if (chance.happens(0.5)) continue;
    double at = 0;
    for (int left = chance.whole(1, 3); left > 0; --left) {
      at += chance.uniform(0.1, 0.9) * (length - at);
      const double factor = chance.lognormal(0.7);
      config::Prices prices = host.prices;
      prices.input = per_million(host.prices.input.dollars_per_token() * 1e6 * factor);
      prices.output = per_million(host.prices.output.dollars_per_token() * 1e6 * factor);
      host.price_changes.push_back({config::Seconds(at), prices});
    }
  }
}

void limit_rates(config::Fleet& fleet, double per_second, Chance& chance) {
  const double fair = 60 * per_second / static_cast<double>(fleet.hosts.size());
  for (config::SimulatedHost& host : fleet.hosts) {
    if (chance.happens(0.15)) {
      host.rate_limits.requests_per_minute = std::max(2.0, fair * chance.log_uniform(0.5, 4));
    }
  }
}

TrafficSettings traffic(WorldKind kind, std::size_t requests, Chance& chance) {
  TrafficSettings traffic{.requests = requests};
  constexpr TrafficKind usual[] = {TrafficKind::chat, TrafficKind::chat, TrafficKind::code,
                                   TrafficKind::long_context};
  traffic.lengths = usual[chance.whole(0, 3)];
  switch (kind) {
    case WorldKind::bursts:
      traffic.arrivals = Arrivals::bursts;
      traffic.burst_height = chance.log_uniform(2, 10);
      traffic.burst_length = chance.log_uniform(3, 120);
      traffic.burst_share = chance.uniform(0.03, 0.8 / traffic.burst_height);
      break;
    case WorldKind::day:
      traffic.arrivals = Arrivals::diurnal;
      traffic.swing = chance.uniform(0.5, 0.98);
      break;
    case WorldKind::conversations:
      traffic.arrivals = Arrivals::conversations;
      traffic.lengths = TrafficKind::chat;
      break;
    case WorldKind::thinking:
      traffic.lengths = TrafficKind::thinking;
      break;
    case WorldKind::documents:
      traffic.lengths = TrafficKind::long_context;
      break;
    case WorldKind::code:
      traffic.lengths = TrafficKind::code;
      break;
    default:
      break;
  }
  return traffic;
}

}  // namespace

std::string_view to_text(WorldKind kind) {
  switch (kind) {
    case WorldKind::market:
      return "market";
    case WorldKind::few_slots:
      return "few slots";
    case WorldKind::many_hosts:
      return "many hosts";
    case WorldKind::full:
      return "full";
    case WorldKind::flapping:
      return "flapping";
    case WorldKind::clouds:
      return "clouds";
    case WorldKind::quiet:
      return "quiet";
    case WorldKind::bursts:
      return "bursts";
    case WorldKind::day:
      return "day";
    case WorldKind::conversations:
      return "conversations";
    case WorldKind::thinking:
      return "thinking";
    case WorldKind::prices:
      return "prices";
    case WorldKind::documents:
      return "documents";
    case WorldKind::code:
      return "code";
  }
  return "";
}

DrawnWorld drawn_world(std::uint64_t number, std::size_t requests) {
  Chance chance(mixed(number, 0x3012d));
  DrawnWorld world{.kind = static_cast<WorldKind>(number % world_kinds), .fleet = {}, .traffic = {}};
  const Fashion common = drawn_fashion(world.kind, chance);
  world.traffic = traffic(world.kind, requests, chance);
  world.family = chance.happens(0.3) ? WorldFamily::regimes : WorldFamily::drifting;
  config::Fleet& fleet = world.fleet;
  fleet.title = std::string(to_text(world.kind)) + ", world " + std::to_string(number);
  fleet.models.emplace_back().name = {"made-up/model"};
  const double thought = world.kind == WorldKind::thinking ? chance.uniform(0.4, 0.9) : 0;
  for (int i = 0; i < common.hosts; ++i) {
    config::SimulatedHost each = drawn_host(common, chance);
    give_trouble(each, chance);
    each.reasoning_share = thought;
    fleet.hosts.push_back(std::move(each));
  }
  if (world.kind == WorldKind::flapping) make_flap(fleet, chance);
  for (std::size_t i = 0; i < fleet.hosts.size(); ++i) {
    fleet.hosts[i].name = {(i < 9 ? "host0" : "host") + std::to_string(i + 1)};
    fleet.hosts[i].model = fleet.models.front().name;
  }
  constexpr double shortest_trace = 600;  // seconds
  double& rate = world.traffic.per_second;
  rate = world.kind == WorldKind::quiet ? chance.log_uniform(0.02, 0.3)
                                        : common.utilisation * capacity(fleet, world.traffic.lengths);
  rate = std::min(rate, static_cast<double>(requests) / shortest_trace);
  const double length = static_cast<double>(requests) / rate;
  if (world.kind == WorldKind::clouds) put_into_clouds(fleet, length, chance);
  if (world.kind == WorldKind::prices) change_prices(fleet, length, chance);
  limit_rates(fleet, rate, chance);
  return world;
}

}  // namespace routing
