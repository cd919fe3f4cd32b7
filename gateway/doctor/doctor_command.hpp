// `isocost doctor`: looks at this machine and at each host of a configuration, and says what to do.
#pragma once

#include "gateway/text/command.hpp"

namespace gateway {

Command add_doctor(CLI::App& app);

}  // namespace gateway
