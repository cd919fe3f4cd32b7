// Prices as tests write them.
#pragma once

#include <cmath>

#include "config/values/prices.hpp"

namespace support {

inline config::PricePerMillionTokens per_million(double dollars) {
  return {{static_cast<std::int64_t>(std::llround(dollars * 1e9))}};
}

}  // namespace support
