// Network addresses in a configuration: where to listen, where hosts are, and ranges of them. Pure.
#pragma once

#include <array>
#include <span>
#include <string>
#include <string_view>
#include <variant>

#include "config/values/settings.hpp"

namespace config {

// What is wrong with an address: "`8080` has no host", "write `127.0.0.1:8080`".
struct AddressFault {
  std::string message;
  std::string suggestion;
};

// "127.0.0.1:8080", "[::1]:8080", "localhost:8080".
std::variant<ListenAddress, AddressFault> parse_listen_address(std::string_view text);

// "https://api.deepseek.com/v1": http or https, a host, perhaps a port and a path; no user, query or
// fragment. The path ends without a slash.
std::variant<BaseUrl, AddressFault> parse_base_url(std::string_view text);

// Whether nobody but this machine can be meant: 127.0.0.0/8, ::1, localhost.
bool is_loopback(std::string_view host);
// An address of 169.254.0.0/16, which no router passes on; no name is one.
bool is_link_local(std::string_view host);
// The domain itself, or a name in it.
bool is_within(std::string_view host, std::string_view domain);

using AddressBytes = std::array<unsigned char, 16>;  // IPv4 in its IPv6 form, ::ffff:a.b.c.d

// Whether what stands before the slash may be any address of the range: "10.1.2.3/8".
enum class Before { the_first, any };

// "10.0.0.0/8", "2001:db8::/32", or one address.
std::variant<AddressRange, AddressFault> parse_address_range(std::string_view text,
                                                             Before before = Before::the_first);

bool contains(const AddressRange& range, const AddressBytes& address);
bool contains(std::span<const AddressRange> ranges, const AddressBytes& address);

}  // namespace config
