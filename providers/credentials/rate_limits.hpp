// What a host's reply says is left of the limits of a key. A value.
#pragma once

#include <cstdint>
#include <optional>

#include "config/values/units.hpp"

namespace providers {

// Of one limit: `remaining` of `limit`, which is whole again after `resets_in`.
struct RateLimit {
  std::int64_t limit = 0;
  std::int64_t remaining = 0;
  config::Duration resets_in{};
};

// Absent: nothing was said, or not when it ends.
struct RateLimits {
  std::optional<RateLimit> requests{}, tokens{};
};

}  // namespace providers
