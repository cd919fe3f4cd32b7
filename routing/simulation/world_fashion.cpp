#include "routing/simulation/world_fashion.hpp"

namespace routing {
namespace {

double spread(Chance& chance) {
  const double drawn = chance.uniform(0, 3);
  return drawn < 1 ? 0.05 : drawn < 2 ? 0.3 : 0.8;
}

double mean(double median, double log_sd) {
  return median * std::exp(log_sd * log_sd / 2);
}

}  // namespace

config::PricePerMillionTokens per_million(double dollars) {
  return {{std::max<std::int64_t>(1, std::llround(dollars * 1e4)) * 100'000}};
}

Fashion drawn_fashion(WorldKind kind, Chance& chance) {
  Fashion f{.hosts = static_cast<int>(std::lround(chance.log_uniform(3, 20))),
            .price_spread = spread(chance),
            .ttft_spread = spread(chance),
            .speed_spread = spread(chance),
            .slots_spread = chance.uniform(0, 0.6),
            .input_price = chance.log_uniform(0.05, 3),
            .output_factor = chance.uniform(2, 6),
            .ttft = chance.log_uniform(0.1, 3),
            .per_1000 = chance.log_uniform(0.02, 0.3),
            .ttft_load = chance.uniform(0, 1.2),
            .ttft_noise = chance.uniform(0.1, 0.5),
            .pace = chance.log_uniform(10, 150),
            .pace_load = chance.uniform(0, 0.6),
            .pace_noise = chance.uniform(0.05, 0.3),
            .slots = chance.log_uniform(4, 64),
            .queue = chance.log_uniform(0.1, 10),
            .utilisation = chance.log_uniform(0.05, 0.6)};
  switch (kind) {
    case WorldKind::few_slots:
      f.hosts = chance.whole(2, 8);
      f.slots = chance.uniform(1, 6);
      f.queue = chance.log_uniform(10, 60);
      f.utilisation = chance.uniform(0.5, 0.95);
      break;
    case WorldKind::many_hosts:
      f.hosts = chance.whole(20, 60);
      break;
    case WorldKind::full:
      f.hosts = chance.whole(2, 10);
      f.slots = chance.log_uniform(2, 16);
      f.queue = chance.log_uniform(0.1, 3);
      f.utilisation = chance.uniform(0.8, 1.2);
      break;
    case WorldKind::quiet:
      f.hosts = static_cast<int>(std::lround(chance.log_uniform(4, 60)));
      break;
    default:
      break;
  }
  return f;
}

config::SimulatedHost drawn_host(const Fashion& f, Chance& chance) {
  config::SimulatedHost host;
  const double input = f.input_price * chance.lognormal(f.price_spread);
  host.prices.input = per_million(input);
  host.prices.output = per_million(input * f.output_factor * chance.lognormal(f.price_spread / 3));
  host.ttft.base = config::Seconds(std::clamp(f.ttft * chance.lognormal(f.ttft_spread), 0.03, 20.0));
  host.ttft.per_1000_prompt = host.ttft.base * (f.per_1000 * chance.lognormal(0.3));
  host.ttft.load = f.ttft_load;
  host.ttft.log_sd = f.ttft_noise;
  host.speed.tokens_per_second = std::clamp(f.pace * chance.lognormal(f.speed_spread), 3.0, 400.0);
  host.speed.load = f.pace_load;
  host.speed.log_sd = f.pace_noise;
  host.batch.slots = std::max(1, static_cast<int>(std::lround(f.slots * chance.lognormal(f.slots_spread))));
  host.batch.queue = static_cast<int>(std::lround(host.batch.slots * f.queue));
  host.batch.full_status = chance.happens(0.5) ? 429 : 503;
  host.cancel_stops_billing = chance.happens(0.6);
  if (chance.happens(0.6)) {
    host.prices.cache_read = per_million(input * chance.uniform(0.1, 0.5));
    host.prompt_cache = config::PromptCacheBehaviour{.reliability = chance.uniform(0.5, 0.95)};
  }
  return host;
}

void give_trouble(config::SimulatedHost& host, Chance& chance) {
  host.drift = {.ttft_log_sd = chance.uniform(0, 0.6),
                .speed_log_sd = chance.uniform(0, 0.3),
                .time_constant = config::Seconds(chance.log_uniform(60, 3000))};
  if (chance.happens(0.4)) {
    host.busy_episodes =
        config::BusyEpisodes{.when = {.mean_between = config::Seconds(chance.log_uniform(300, 3600)),
                                      .mean_length = config::Seconds(chance.log_uniform(30, 600)),
                                      .scheduled = {}},
                             .ttft_factor = chance.uniform(1.5, 8),
                             .speed_factor = chance.uniform(0.2, 0.8)};
  }
  if (chance.happens(0.25)) {
    constexpr int statuses[] = {503, 500, 429, 0};
    host.outages = config::Outages{.when = {.mean_between = config::Seconds(chance.log_uniform(600, 7200)),
                                            .mean_length = config::Seconds(chance.log_uniform(10, 600)),
                                            .scheduled = {}},
                                   .status = statuses[chance.whole(0, 3)]};
  }
  host.mishaps.errors = {{.status = 500, .probability = chance.log_uniform(0.0005, 0.03)}};
  host.mishaps.cut = chance.uniform(0, 0.004);
  host.mishaps.stall = chance.uniform(0, 0.004);
  host.mishaps.stall_length = config::Seconds(20);
  host.mishaps.straggler = chance.uniform(0, 0.05);
  host.mishaps.straggler_factor = chance.uniform(2, 10);
}

double capacity(const config::Fleet& fleet, TrafficKind lengths) {
  const UsualLengths sizes = usual_lengths(lengths);
  const double prompt = mean(sizes.prompt, sizes.prompt_log_sd) / 1000;
  const double output = mean(sizes.output, sizes.output_log_sd);
  double sum = 0;
  for (const config::SimulatedHost& host : fleet.hosts) {
    const double first =
        (host.ttft.base + host.ttft.per_1000_prompt * prompt).count() * std::exp(host.ttft.load);
    const double rest = output / (host.speed.tokens_per_second * (1 - host.speed.load));
    sum += host.batch.slots / (first + rest);
  }
  return sum;
}

}  // namespace routing
