// Ranges of network addresses: how they are written, and what lies in them. Pure.
#pragma once

#include <span>
#include <string_view>
#include <variant>

#include "config/values/address.hpp"

namespace config {

using AddressBytes = std::array<unsigned char, 16>;  // IPv4 in its IPv6 form, ::ffff:a.b.c.d

// Whether what stands before the slash may be any address of the range: "10.1.2.3/8".
enum class Before { the_first, any };

// "10.0.0.0/8", "2001:db8::/32", or one address.
std::variant<AddressRange, AddressFault> parse_address_range(std::string_view text,
                                                             Before before = Before::the_first);

bool contains(const AddressRange& range, const AddressBytes& address);
bool contains(std::span<const AddressRange> ranges, const AddressBytes& address);

}  // namespace config
