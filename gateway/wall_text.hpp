// A point in calendar time as RFC 3339 writes it, in UTC: "2026-11-22T07:13:39.123Z". Pure.
#pragma once

#include <string>

#include "config/units.hpp"

namespace gateway {

void append_wall_text(config::WallTime time, std::string& out);

}  // namespace gateway
