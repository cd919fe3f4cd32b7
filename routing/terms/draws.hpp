// Random numbers that are a function of a seed and a place, so that a decision can be repeated exactly.
// Source: Steele, Lea, Flood 2014, "Fast splittable pseudorandom number generators" (SplitMix64's mixer).
#pragma once

#include <cstdint>
#include <string_view>

namespace routing {

constexpr std::uint64_t mixed(std::uint64_t x) {
  x += 0x9e3779b97f4a7c15u;
  x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9u;
  x = (x ^ (x >> 27)) * 0x94d049bb133111ebu;
  return x ^ (x >> 31);
}

// FNV-1a: the same in every build, unlike std::hash.
constexpr std::uint64_t hash_of(std::string_view text) {
  std::uint64_t hash = 0xcbf29ce484222325u;
  for (const char c : text) hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3u;
  return hash;
}

// What a number is drawn for. Different purposes never share a draw.
enum class Purpose : std::uint64_t { explore = 1, weigh, admit, breaker_jitter, canary };

// Uniform in [0, 1).
constexpr double drawn(std::uint64_t seed, Purpose purpose, std::uint64_t place) {
  const std::uint64_t bits = mixed(mixed(seed ^ (static_cast<std::uint64_t>(purpose) << 56)) ^ place);
  return static_cast<double>(bits >> 11) * 0x1p-53;
}

}  // namespace routing
