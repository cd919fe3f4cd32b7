// What the hosts of a drawn world have in common, and one host after the other drawn from that. Pure.
#pragma once

#include <algorithm>
#include <cmath>

#include "routing/host_model/host_draws.hpp"
#include "routing/simulation/drawn_world.hpp"

namespace routing {

// One number after the other: a world is drawn once, in one order.
class Chance {
 public:
  explicit Chance(std::uint64_t seed) : draws_(seed) {}
  double uniform(double from, double to) { return from + (to - from) * draws_.uniform(++drawn_, 0); }
  double log_uniform(double from, double to) { return std::exp(uniform(std::log(from), std::log(to))); }
  int whole(int from, int to) { return std::min(to, static_cast<int>(uniform(from, to + 1))); }
  bool happens(double probability) { return uniform(0, 1) < probability; }
  double lognormal(double sd) { return draws_.lognormal(sd, ++drawn_, 0); }

 private:
  HostDraws draws_;
  std::uint64_t drawn_ = 0;
};

// What all hosts of a world have in common.
struct Fashion {
  int hosts = 8;
  double price_spread = 0, ttft_spread = 0, speed_spread = 0, slots_spread = 0;
  double input_price = 0, output_factor = 0;
  double ttft = 0, per_1000 = 0, ttft_load = 0, ttft_noise = 0;
  double pace = 0, pace_load = 0, pace_noise = 0;
  double slots = 0, queue = 0;
  double utilisation = 0;
};

Fashion drawn_fashion(WorldKind kind, Chance& chance);
config::SimulatedHost drawn_host(const Fashion& fashion, Chance& chance);
// Drift, busy hours, outages, errors.
void give_trouble(config::SimulatedHost& host, Chance& chance);

// Requests per second that all slots together can serve.
double capacity(const config::Fleet& fleet, TrafficKind lengths);

config::PricePerMillionTokens per_million(double dollars);

}  // namespace routing
