// Whether price rules leave a hole, and whether each of them can ever apply. Pure.
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <vector>

#include "config/values/prices.hpp"

namespace config {

struct PriceCoverage {
  // An occasion that no rule holds on, as widely as it can be said; absent: there is none.
  std::optional<PriceConditions> hole{};
  std::vector<std::size_t> idle;  // rules that hold nowhere, or only where one before them does
};

// `context`: no prompt is longer.
PriceCoverage coverage_of(std::span<const PriceRule> rules, Tokens context);

}  // namespace config
