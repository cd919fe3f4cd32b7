// A moment as logs write it: "2023-11-16 18:15:46.6805900", also with a T between and a Z behind; and days.
// UTC. Pure.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

#include "config/values/units.hpp"

namespace config {

// Nothing when the text is no such moment.
std::optional<WallTime> parse_timestamp(std::string_view text);

// "2026-11-29"; years 0 to 9999.
std::string day_text(std::chrono::sys_days day);
std::string day_text(std::chrono::sys_seconds at);
// "2026-11-29T03:04:05Z"
std::string second_text(std::chrono::sys_seconds at);

// Whether it is a month or a day that there is: "2026-11", "2026-11-29".
bool is_month_or_day(std::string_view text);

}  // namespace config
