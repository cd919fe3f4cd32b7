// Where a configuration's variables, files and sealed files come from: this process's environment and file
// system.
#pragma once

#include "config/values/sources.hpp"

namespace gateway {

config::Sources process_sources();

}  // namespace gateway
