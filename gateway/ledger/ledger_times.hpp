// Hours and days as the ledger counts them: of UTC, since 1970, both ways. Pure.
#pragma once

#include <chrono>
#include <cstdint>

#include "config/values/units.hpp"

namespace gateway {

inline constexpr std::int64_t hour_ms = 3'600'000, day_ms = 24 * hour_ms;

// Downwards, also below 0.
inline std::int64_t floor_to(std::int64_t value, std::int64_t step) {
  const std::int64_t rest = value % step;
  return value - (rest < 0 ? rest + step : rest);
}

inline std::int64_t ms_of(config::WallTime at) {
  return std::chrono::duration_cast<std::chrono::milliseconds>(at.time_since_epoch()).count();
}

}  // namespace gateway
