// Rules between what a configuration says of the gateway itself, and what becomes of hosts that are not
// there.
#pragma once

#include "config/values/settings.hpp"
#include "config/yaml/node.hpp"

namespace config {

// Reports who may be reached from where without a key, and what cannot be kept or shared as it is said.
void check_service(const Node& root, const Settings& settings);
// Removes the optional providers without a credential and what only they serve.
void leave_out_absent(const Node& root, Settings& settings);

}  // namespace config
