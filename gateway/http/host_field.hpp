// The value of a Host field, by the gate's strict rule.
#pragma once

#include <string_view>

namespace gateway {

// host[:port], the host a name, an IPv4 address or an IPv6 address in brackets. No user, no path, no list.
bool is_host(std::string_view text);

}  // namespace gateway
