// The forms of engines of one's own. See form.hpp.
#pragma once

#include <optional>

#include "config/forms/form.hpp"
#include "config/values/settings.hpp"

namespace config {

const Fields<EngineSettings>& engine_fields();
const Fields<DiscoverySettings>& discovery_fields();
const Fields<MachineSettings>& machine_fields();

// The rules between them and the rest.
void check_engine(const Node& node, const ProviderSettings& provider);
// Prices out of what the machine costs, where that is said instead of them.
void check_machine(const Node& node, EndpointSettings& endpoint);

}  // namespace config
