// Months as entries are kept by: of UTC, counted from year 0. Pure.
#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <string>
#include <string_view>

#include "gateway/ledger/ledger_times.hpp"

namespace gateway {

inline std::int64_t month_of(std::int64_t at_ms) {
  const std::chrono::year_month_day date{
      std::chrono::sys_days(std::chrono::days(floor_to(at_ms, day_ms) / day_ms))};
  return static_cast<int>(date.year()) * 12LL + static_cast<unsigned>(date.month()) - 1;
}

inline std::int64_t month_begin(std::int64_t month) {
  const std::chrono::sys_days first{std::chrono::year(static_cast<int>(month / 12)) /
                                    std::chrono::month(static_cast<unsigned>(month % 12 + 1)) / 1};
  return first.time_since_epoch().count() * day_ms;
}

// "2026_11"
inline std::string month_name(std::int64_t month) {
  std::array<char, 32> text{};
  std::snprintf(text.data(), text.size(), "%04d_%02d", static_cast<int>(month / 12),
                static_cast<int>(month % 12 + 1));
  return text.data();
}

inline std::int64_t month_named(std::string_view name) {
  int year = 0, month = 1;
  std::sscanf(std::string(name).c_str(), "%4d_%2d", &year, &month);
  return year * 12LL + month - 1;
}

}  // namespace gateway
