// Reads a fleet file: simulated hosts and how they behave. Same care and same problems as load.hpp.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "config/files/load.hpp"
#include "config/values/fleet.hpp"

namespace config {

struct LoadedFleet {
  std::optional<Fleet> fleet{};
  Problems problems;
};

// `file` names the text in problems. `sources` answer for the hosts' keys.
LoadedFleet load_fleet(std::string_view yaml, const std::string& file, const Sources& sources);
LoadedFleet load_fleet_file(const std::string& path, const Sources& sources);

}  // namespace config
