// What a program that everything is linked into does not leave to the system: parts of it that are made for
// another glibc would be loaded into this process, and end it.
#pragma once

namespace gateway {

// Names are asked of /etc/hosts and the name servers of /etc/resolv.conf alone, whatever /etc/nsswitch.conf
// says, and OpenSSL loads no configuration. Before anything looks for a name or makes a connection.
void need_nothing_of_the_system();

}  // namespace gateway
