// The one way a header field or a target gets into bytes that we send. Refuses what would let a value become
// another line.
#pragma once

#include <string>
#include <string_view>

namespace providers {

enum class Written { yes, refused };

// Appends "name: value\r\n". Refused, with nothing appended, when the name is not a token or over 128 bytes,
// or the value has a control character (CR, LF, NUL and the rest; a tab is allowed) or is over 8 KiB.
[[nodiscard]] Written append_field(std::string& head, std::string_view name, std::string_view value);

// Appends a request target. Refused when it does not begin with a slash, is over 8 KiB, or has white space, a
// control character or a byte beyond ASCII.
[[nodiscard]] Written append_target(std::string& head, std::string_view target);

}  // namespace providers
