// Random draws of simulated hosts that depend on nothing but their coordinates: no state, no order of calls.
// So two policies that send the same request to the same host meet the same luck.
// Source: the mixing function is SplitMix64's finaliser (Steele, Lea, Flood, "Fast splittable pseudorandom
// number generators", 2014), applied to each coordinate in turn.
#pragma once

#include <cmath>
#include <cstdint>
#include <numbers>
#include <string_view>

#include "routing/terms/draws.hpp"

namespace routing {

inline constexpr std::uint64_t mixed(std::uint64_t seed, std::uint64_t with) {
  return mixed(mixed(seed) ^ with);
}
// FNV-1a that goes on from `seed`, for a text that comes in pieces.
inline constexpr std::uint64_t hash_of(std::string_view text, std::uint64_t seed) {
  for (const char c : text) seed = (seed ^ static_cast<unsigned char>(c)) * 0x100000001b3u;
  return seed;
}

class HostDraws {
 public:
  explicit constexpr HostDraws(std::uint64_t seed) : seed_(seed) {}

  // What is drawn for `key` (a request, an episode, a step of time) is numbered by `purpose`.
  std::uint64_t bits(std::uint64_t key, std::uint64_t purpose) const {
    return mixed(mixed(seed_, key), purpose);
  }
  // In (0, 1): never an end, so that a logarithm is always finite.
  double uniform(std::uint64_t key, std::uint64_t purpose) const {
    return (static_cast<double>(bits(key, purpose) >> 11) + 0.5) * 0x1p-53;
  }
  // Mean 0, deviation 1 (Box and Muller).
  double normal(std::uint64_t key, std::uint64_t purpose) const {
    const double radius = std::sqrt(-2 * std::log(uniform(key, purpose)));
    return radius * std::cos(2 * std::numbers::pi * uniform(~key, purpose));
  }
  // Median 1.
  double lognormal(double log_sd, std::uint64_t key, std::uint64_t purpose) const {
    return log_sd == 0 ? 1 : std::exp(log_sd * normal(key, purpose));
  }
  // Mean 1.
  double exponential(std::uint64_t key, std::uint64_t purpose) const {
    return -std::log(uniform(key, purpose));
  }
  bool happens(double probability, std::uint64_t key, std::uint64_t purpose) const {
    return probability > 0 && uniform(key, purpose) < probability;
  }

 private:
  std::uint64_t seed_;
};

}  // namespace routing
