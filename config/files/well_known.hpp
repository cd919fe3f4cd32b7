// Hosts that anyone can reach with a key, for a gateway started without a configuration: those whose usual
// variable is set (DEEPSEEK_API_KEY, OPENROUTER_API_KEY and so on) join the pool.
#pragma once

#include "config/files/load.hpp"

namespace config {

// Adds their providers, and their endpoints to models of the same name. A provider whose name is taken gets
// "-live" at its end. Says what kept them out when there is a fault; `settings` then stay as they were.
Problems add_well_known(Settings& settings, const Sources& sources);

}  // namespace config
