// The values of the last 30 slots of time, as one histogram: old slots leave it as time goes on.
// A slot keeps only the buckets it touched, because most endpoints see few replies in ten seconds.
// Belongs to the market. Memory: about 1 KB and 8 bytes per different value in a slot.
#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "config/values/units.hpp"
#include "routing/windows/histogram.hpp"

namespace routing {

// A slow average: moves by `gain` of the way to the value.
inline void follow(double& average, double value, double gain) {
  average += gain * (value - average);
}

class Window {
 public:
  static constexpr std::int64_t slots = 30;

  explicit Window(config::Duration slot) : slot_(slot) {}

  void add(double value, std::uint32_t times, config::TimePoint now);
  // Drops what is too old. Whether there was any.
  enum class Passed { unchanged, changed };
  Passed pass(config::TimePoint now);
  const Histogram& histogram() const { return sum_; }

 private:
  struct Count {
    std::uint32_t bucket = 0;
    std::uint32_t times = 0;
  };

  config::Duration slot_;
  std::int64_t newest_ = 0;  // number of the newest slot since the clock's epoch
  Histogram sum_;
  std::array<std::vector<Count>, slots> ring_;
};

}  // namespace routing
