// The terminal that standard output is, for commands that write tables.
#pragma once

#include "gateway/text/table.hpp"

namespace gateway {

// Its size, and whether it is painted on: not where NO_COLOR is set and not empty. Where it is no terminal,
// or does not say how large it is, the size of `otherwise`; into a file or a pipe nothing is painted.
Screen this_screen(const Screen& otherwise);

}  // namespace gateway
