#include "providers/http/keep_alive.hpp"

#include <doctest/doctest.h>

using namespace std::chrono_literals;
using providers::KeepAlive;
using providers::read_keep_alive;

TEST_CASE("a host's words about a connection's time are read whatever their order, letters and blanks") {
  for (const char* value : {"timeout=5, max=100", "max=100,timeout=5", "Timeout = 5, MAX=100",
                            "x=1,\ttimeout=5\t, max= 100, timeout"}) {
    CAPTURE(value);
    const KeepAlive said = read_keep_alive(value);
    CHECK(said.timeout == 5s);
    CHECK(said.max == 100);
  }
  CHECK(read_keep_alive("timeout=5").timeout == 5s);
  CHECK_FALSE(read_keep_alive("timeout=5").max);
  CHECK(read_keep_alive("timeout=0, max=0").timeout == 0s);
  CHECK(read_keep_alive("timeout=0, max=0").max == 0);
  CHECK(read_keep_alive("timeout=86400").timeout == 24h);
}

TEST_CASE("what is no number of a connection's time says nothing") {
  for (const char* value :
       {"", ",", "=", "timeout", "timeout=", "timeout=-1, max=-1", "timeout=5s", "timeout=1.5",
        "timeout=86401", "timeout=99999999999999999999, max=99999999999999999999", "timeoutmax=5"}) {
    CAPTURE(value);
    const KeepAlive said = read_keep_alive(value);
    CHECK_FALSE(said.timeout);
    CHECK_FALSE(said.max);
  }
}
