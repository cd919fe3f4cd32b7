// The command `init`.
#pragma once

#include "gateway/text/command.hpp"

namespace gateway {

Command add_init(CLI::App& app);

}  // namespace gateway
