// The JSON Schema (draft 7) of a configuration, for editors, from the loader's own tables.
#pragma once

#include <string>

namespace config {

std::string json_schema();
// The same for fleet files.
std::string fleet_json_schema();

}  // namespace config
