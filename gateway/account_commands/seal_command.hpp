// `isocost seal`: makes of a host's key a file that may lie beside the configuration, as only whoever has the
// one key of all of them can open it.
#pragma once

#include "gateway/text/command.hpp"

namespace gateway {

Command add_seal(CLI::App& app);

}  // namespace gateway
