// `isocost check`: whether a configuration file is good, and all that is wrong with it.
#pragma once

#include "gateway/text/command.hpp"

namespace gateway {

Command add_check(CLI::App& app);

}  // namespace gateway
