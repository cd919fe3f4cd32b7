// The day that it is, for what commands write.
#pragma once

#include <chrono>
#include <ctime>
#include <string>

#include "providers/loop/wall_clock.hpp"

namespace gateway {

// "2026-11-29", in UTC.
inline std::string today() {
  const std::time_t now = std::chrono::system_clock::to_time_t(providers::system_wall());
  std::tm day{};
  ::gmtime_r(&now, &day);
  char text[16];
  return {text, std::strftime(text, sizeof text, "%Y-%m-%d", &day)};
}

}  // namespace gateway
