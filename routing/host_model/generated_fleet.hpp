// A market of hosts made up from a seed: another one for every seed, so that nobody is tuned to one market.
// Drawn to resemble a public snapshot of 33 OpenRouter endpoints of one open model (2026-09-30): price
// medians within a factor of two of each other and half of the hosts at the very same one, medians of the
// time to first token from 0.37 to 10.8 s around 1.6 s, tokens per second from 9 to 128 around 33 to 40.
// Capacity, load, drift, busy episodes, outages, limits and mishaps are not published and are plausible
// choices. Pure.
#pragma once

#include <cstdint>

#include "config/values/fleet.hpp"

namespace routing {

config::Fleet generated_fleet(std::size_t hosts, std::uint64_t seed);

}  // namespace routing
