// How text that was found is shown in a message: short, quoted, and one line whatever it holds.
#pragma once

#include <string>
#include <string_view>

namespace gateway {

// At most 60 bytes of it; what is not printable ASCII as \xNN.
std::string in_quotes(std::string_view found);

}  // namespace gateway
