// `isocost shadows`: how policies in shadow stand beside those in force at a running gateway.
#pragma once

#include <string>
#include <vector>

#include "gateway/text/command.hpp"

namespace gateway {

Command add_shadows(CLI::App& app);

// What /admin/policies says, as lines for people.
std::vector<std::string> shadow_lines(const std::string& page, int columns);

}  // namespace gateway
