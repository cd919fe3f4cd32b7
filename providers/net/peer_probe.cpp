#include "providers/net/peer_probe.hpp"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

namespace providers {
namespace {

constexpr int quiet_seconds = 30;
constexpr int seconds_between = 10;
constexpr int probes = 3;

// Best effort: a socket without probes works, and is closed by the slower limits.
void set(int socket, int level, int option, int value) {
  (void)::setsockopt(socket, level, option, &value, sizeof value);
}

}  // namespace

void probe_peer(int socket) {
  set(socket, IPPROTO_TCP, TCP_KEEPIDLE, quiet_seconds);
  set(socket, IPPROTO_TCP, TCP_KEEPINTVL, seconds_between);
  set(socket, IPPROTO_TCP, TCP_KEEPCNT, probes);
  set(socket, SOL_SOCKET, SO_KEEPALIVE, 1);
}

void limit_unacknowledged(int socket) {
  set(socket, IPPROTO_TCP, TCP_USER_TIMEOUT, (quiet_seconds + probes * seconds_between) * 1000);
}

}  // namespace providers
