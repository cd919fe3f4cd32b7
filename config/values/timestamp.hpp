// A moment as logs write it: "2023-11-16 18:15:46.6805900", also with a T between and a Z behind. UTC. Pure.
#pragma once

#include <optional>
#include <string_view>

#include "config/values/units.hpp"

namespace config {

// Nothing when the text is no such moment.
std::optional<WallTime> parse_timestamp(std::string_view text);

}  // namespace config
