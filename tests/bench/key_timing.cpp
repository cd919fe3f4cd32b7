// Whether the time in which a key is found tells how much of it is right: Welch's t-test between keys that
// share no byte with the real one and keys that share all but the last, over many rounds, as dudect does
// (Reparaz, Balasch, Verbauwhede 2017). Exit status 1 where the two differ: |t| > 4.5.
#include <openssl/sha.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <random>
#include <string>
#include <vector>

#include "gateway/generation/key_ring.hpp"

namespace {

constexpr std::size_t most_in_a_row = 16;  // look-ups in one measurement, against the clock's own steps

config::KeySettings key_of(const std::string& presented) {
  config::KeySettings key;
  key.name = {"real"};
  SHA256(reinterpret_cast<const unsigned char*>(presented.data()), presented.size(), key.sha256.data());
  return key;
}

struct Sums {
  double count = 0, mean = 0, squares = 0;
  void add(double value) {
    const double apart = value - mean;
    mean += apart / ++count;
    squares += apart * (value - mean);
  }
  double variance() const { return squares / (count - 1); }
};

// Without the slowest tenth, which is the machine's and not ours.
double t_of(std::array<std::vector<double>, 2>& times) {
  std::array<Sums, 2> sums;
  for (std::size_t kind = 0; kind < 2; ++kind) {
    std::ranges::sort(times[kind]);
    times[kind].resize(times[kind].size() * 9 / 10);
    for (const double each : times[kind]) sums[kind].add(each);
  }
  return (sums[0].mean - sums[1].mean) /
         std::sqrt(sums[0].variance() / sums[0].count + sums[1].variance() / sums[1].count);
}

// `find` with a key of the one kind or the other, in an order that is drawn.
template <class Find>
double measured(int rounds, std::mt19937_64& draw, const std::array<std::string, 2>& keys, Find find) {
  std::array<std::vector<double>, 2> times;
  for (int round = 0; round < rounds; ++round) {
    const std::size_t kind = draw() & 1;
    // Always from the same memory: where a key stands must not tell the kinds apart.
    static std::string presented;
    presented.assign(keys[kind]);
    const auto began = std::chrono::steady_clock::now();
    for (std::size_t i = 0; i < most_in_a_row; ++i) find(presented);
    const std::chrono::duration<double, std::nano> took = std::chrono::steady_clock::now() - began;
    times[kind].push_back(took.count() / most_in_a_row);
  }
  return t_of(times);
}

}  // namespace

int main(int argc, char** argv) {
  const int rounds = argc > 1 ? std::atoi(argv[1]) : 100'000;
  const std::string real = "sk-isocost-" + std::string(48, 'k');
  std::string far(real.size(), 'x'), near = real;
  near.back() = 'x';
  config::Settings settings;
  settings.keys = {key_of(real)};
  const gateway::KeyRing ring(settings);
  std::mt19937_64 draw(std::random_device{}());
  const double of_ring = measured(rounds, draw, {far, near}, [&](const std::string& presented) {
    if (ring.find(presented)) std::abort();
  });
  // As a connection remembers the key that was right: only with one of the same length is it compared.
  gateway::KeptKey kept;
  const double of_kept = measured(rounds, draw, {far, near}, [&](const std::string& presented) {
    (void)kept.find(ring, 1, real);
    if (kept.find(ring, 1, presented)) std::abort();
  });
  std::printf("%d look-ups of each kind: t = %.2f by hash, %.2f against the key that a connection keeps\n",
              rounds / 2 * static_cast<int>(most_in_a_row), of_ring, of_kept);
  return std::max(std::fabs(of_ring), std::fabs(of_kept)) > 4.5 ? 1 : 0;
}
