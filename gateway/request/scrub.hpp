// Takes secrets out of text that hosts wrote before it is shown or logged.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "config/values/secret.hpp"

namespace gateway {

inline constexpr std::size_t max_scrubbed = 8 * 1024;

// At most 8 KiB of `text`, cut between characters, with every configured secret and everything that looks
// like a key replaced by "[redacted]", and control characters by spaces. Always valid UTF-8.
std::string scrubbed(std::string_view text, std::span<const config::Secret* const> secrets);

}  // namespace gateway
