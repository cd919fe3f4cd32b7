// The command `spend`: what was spent, by whom and on what; and forgetting a user.
#pragma once

#include "gateway/text/command.hpp"

namespace gateway {

Command add_spend(CLI::App& app);

}  // namespace gateway
