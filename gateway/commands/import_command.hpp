// The command `import`: a configuration out of another router's.
#pragma once

#include "gateway/commands/check_command.hpp"

namespace gateway {

Command add_import(CLI::App& app);

}  // namespace gateway
