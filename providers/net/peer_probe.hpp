// Finds out that a peer is gone without a word: its machine lost power, or the network between is cut. A peer
// that is only slow answers the kernel's probes.
#pragma once

namespace providers {

// Has the kernel ask a silent peer whether it is there, and break the connection about a minute after its
// last sign. Sockets accepted from a listening one inherit it.
void probe_peer(int socket);
// Has the kernel break the connection when nothing that is sent is acknowledged for as long. Not for clients:
// to one that reads slowly nothing can be sent for a while, and that has a limit of its own.
void limit_unacknowledged(int socket);

}  // namespace providers
