// `isocost serve`: the gateway, on a configuration or on a simulated market of its own.
#pragma once

#include <string>

#include "gateway/text/command.hpp"

namespace gateway {

// `version` is the program's.
Command add_serve(CLI::App& app, std::string version);

}  // namespace gateway
