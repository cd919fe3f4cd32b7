// Bytes as base64, in its usual letters. Pure.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace providers {

std::string in_base64(std::string_view bytes);
// Padding may be missing. Nothing where there is any other letter.
std::optional<std::string> from_base64(std::string_view text);

}  // namespace providers
