// Days as files for people have them. Pure.
#pragma once

#include <chrono>
#include <ctime>
#include <string>

#include "config/values/units.hpp"

namespace gateway {

// "2026-11-29", in UTC.
inline std::string written_day(config::WallTime time) {
  const std::time_t seconds = std::chrono::system_clock::to_time_t(time);
  std::tm day{};
  ::gmtime_r(&seconds, &day);
  char text[16];
  return {text, std::strftime(text, sizeof text, "%Y-%m-%d", &day)};
}

}  // namespace gateway
