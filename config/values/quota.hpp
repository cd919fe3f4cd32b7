// How much somebody may use: requests, tokens and dollars in windows of the calendar, and how many requests
// at the same time. Plain data.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

#include "config/values/units.hpp"

namespace config {

enum class Period { minute, hour, day, week, month, total };
inline constexpr std::size_t period_count = 6;
inline constexpr std::array<std::string_view, period_count> period_names{"minute", "hour",  "day",
                                                                         "week",   "month", "total"};

// What is counted. Dollars are counted in billionths.
enum class Measure { requests, tokens, dollars };
inline constexpr std::size_t measure_count = 3;
inline constexpr std::array<std::string_view, measure_count> measure_names{"requests", "tokens", "dollars"};

// The most in each window; absent: as much as comes.
using PerPeriod = std::array<std::optional<std::int64_t>, period_count>;

// What a host lets one of its keys do: the most in any minute, hour or day, and at the same time.
struct KeyLimits {
  PerPeriod requests{}, tokens{};
  std::optional<int> concurrent{};

  bool is_empty() const { return *this == KeyLimits(); }
  friend bool operator==(const KeyLimits&, const KeyLimits&) = default;
};

struct Quota {
  std::array<PerPeriod, measure_count> most{};
  std::optional<int> concurrent{};
  std::optional<Tokens> tokens_per_request{};  // prompt and answers together

  PerPeriod& of(Measure measure) { return most[static_cast<std::size_t>(measure)]; }
  const PerPeriod& of(Measure measure) const { return most[static_cast<std::size_t>(measure)]; }
  bool is_empty() const { return *this == Quota(); }
  friend bool operator==(const Quota&, const Quota&) = default;
};

}  // namespace config
