#include "gateway/process/given_sockets.hpp"

#include <doctest/doctest.h>
#include <stdlib.h>

using gateway::GivenSockets;

TEST_CASE("sockets that were given to another process are not taken, and no child sees them") {
  ::setenv("LISTEN_PID", "1", 1);
  ::setenv("LISTEN_FDS", "2", 1);
  const GivenSockets given;
  CHECK(given.all().empty());
  CHECK(given.for_clients().empty());
  CHECK(given.for_administration() == -1);
  CHECK(::getenv("LISTEN_FDS") == nullptr);
}
