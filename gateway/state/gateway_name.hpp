// How a gateway is called among those that share a ledger.
#pragma once

#include <string>

namespace gateway {

// As the configuration says, else as it was called before in this state directory; else a new name, which is
// kept there.
std::string gateway_name(const std::string& configured, const std::string& directory);

}  // namespace gateway
