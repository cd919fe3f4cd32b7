// All of a file at once, as it stands there now.
#pragma once

#include <optional>
#include <string>

namespace gateway {

// Nothing where it is not there or cannot be read, as a directory cannot: errno says which.
std::optional<std::string> read_whole(const std::string& path);

}  // namespace gateway
