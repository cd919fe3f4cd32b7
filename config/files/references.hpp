// Rules between the parts of a configuration: that names are unique and what they refer to exists, and who
// may listen to the world without a key.
#pragma once

#include "config/values/settings.hpp"
#include "config/yaml/node.hpp"

namespace config {

// Reports what is wrong, resolves EndpointSettings::provider_index, and leaves out optional providers whose
// credential is not there. `root` is what `settings` was read
// from.
void check_references(const Node& root, Settings& settings);

}  // namespace config
