// A configuration as it is used: what the file says, and its policies compiled. A value.
#pragma once

#include <optional>
#include <string>

#include "config/load.hpp"

namespace gateway {

// Compiles the policies of what was loaded: their problems come after the file's own, and with an error among
// them there are no settings.
config::Loaded with_policies(config::Loaded loaded);

// The same, and warns of policies that can do nothing on the declared facts: for `isocost check`.
config::Loaded with_policies_checked(config::Loaded loaded);

}  // namespace gateway
