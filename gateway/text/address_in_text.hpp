// Finds addresses in text that hosts wrote: URLs, host names, names with a password, IP addresses. Pure.
#pragma once

#include <cstddef>
#include <span>
#include <string_view>

namespace gateway {

// The length of the address that begins at `at`, port and path included; 0 when none does. `at` is the begin
// of a word. `hosts` are names that count whatever they look like.
std::size_t address_at(std::string_view text, std::size_t at, std::span<const std::string_view> hosts);

}  // namespace gateway
