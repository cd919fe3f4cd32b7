#include "gateway/commands/health_command.hpp"

#include <doctest/doctest.h>

TEST_CASE("a gateway that listens at all addresses is asked at this machine's own") {
  CHECK(gateway::from_here("https://0.0.0.0:8443") == "https://127.0.0.1:8443");
  CHECK(gateway::from_here("http://[::]:8080") == "http://[::1]:8080");
  CHECK(gateway::from_here("http://10.0.0.0:8080") == "http://10.0.0.0:8080");
  CHECK(gateway::from_here("http://127.0.0.1:8080") == "http://127.0.0.1:8080");
}
