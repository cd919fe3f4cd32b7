// The value of a Host field, and the authority of an absolute target, by the gate's strict rule.
#pragma once

#include <string_view>

namespace gateway {

// host[:port], the host a name, an IPv4 address or an IPv6 address in brackets. No user, no path, no list.
bool is_host(std::string_view text);

// Whether a target's authority, a host by the rule above, is ours. A gateway does not know by which names it
// is reached, so that it is the one that Host names: a request means the same in either form. Where clients
// reach us on this machine only, every name of this machine is ours, too, whatever Host says (RFC 9112,
// section 3.2.2).
bool is_own_authority(std::string_view authority, std::string_view host_field, bool loopback_only);

}  // namespace gateway
