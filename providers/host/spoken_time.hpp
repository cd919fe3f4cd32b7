// Spans of time as hosts write them for people. Garbage counts as nothing said. Pure.
#pragma once

#include <optional>
#include <string_view>

#include "config/values/units.hpp"

namespace providers {

// Digits with at most one point; no sign, no exponent.
std::optional<double> plain_number(std::string_view text);
// "20.5s", "1m20s", "250ms", "12 seconds"; a number without a unit is seconds. What follows is not looked at.
std::optional<config::Seconds> spoken_time(std::string_view text);

}  // namespace providers
