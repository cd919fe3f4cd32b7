// The command `keys`: makes, lists, limits, rotates and revokes client keys.
#pragma once

#include "gateway/text/command.hpp"

namespace gateway {

Command add_keys(CLI::App& app);

}  // namespace gateway
