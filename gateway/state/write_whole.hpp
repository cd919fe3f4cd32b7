// A file whose place something else may have: after a failure of power it is the old one or the new one,
// whole.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace gateway {

// By way of `path` + ".new"; one writer of a path at a time. Blocks for as long as the disk does. Returns
// what went wrong, with the file's name; the old one is then as it was.
std::optional<std::string> write_whole(const std::string& path, std::string_view bytes);

}  // namespace gateway
