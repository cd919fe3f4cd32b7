// What was used in the last minute, hour or day, however these are counted back: no more than the limit falls
// into any such window, so that a host which counts in calendar windows, in rolling ones or in a bucket that
// fills again never sees more either. Kept in 60 slots, each forgotten as a whole once all of it is older
// than the window. A value; time is an argument.
#pragma once

#include <array>
#include <cstdint>

#include "config/values/units.hpp"

namespace providers {

class RollingSum {
 public:
  explicit RollingSum(config::Duration window) : slot_(window / (slots - 1)) {}

  void add(std::int64_t amount, config::TimePoint now);
  std::int64_t sum(config::TimePoint now);
  // Until at least `amount` of it is forgotten; zero where nothing must be.
  config::Duration until_gone(std::int64_t amount, config::TimePoint now);

 private:
  static constexpr std::int64_t slots = 61;
  void pass(config::TimePoint now);
  std::int64_t& at(std::int64_t slot) { return amounts_[static_cast<std::size_t>(slot % slots)]; }

  config::Duration slot_;
  std::int64_t newest_ = 0;
  std::int64_t sum_ = 0;
  std::array<std::int64_t, slots> amounts_{};
};

}  // namespace providers
