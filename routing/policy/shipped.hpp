// The policies that come with isocost, written in the language that everybody's are written in.
#pragma once

#include <vector>

#include "config/values/settings.hpp"

namespace routing {

// `balanced` comes first: it is the default.
std::vector<config::PolicySettings> shipped_policies();

}  // namespace routing
