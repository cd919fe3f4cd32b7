#include "gateway/process/supervisor.hpp"

#include <doctest/doctest.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <cstring>
#include <string>

using gateway::Supervisor;

namespace {

// The other end of sd_notify(3), of the abstract kind.
struct Listens {
  explicit Listens(std::string name) {
    sockaddr_un at{};
    at.sun_family = AF_UNIX;
    const std::string path = std::string(1, '\0') + name;
    std::memcpy(at.sun_path, path.data(), path.size());
    const auto size = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + path.size());
    REQUIRE(::bind(socket, reinterpret_cast<sockaddr*>(&at), size) == 0);
    ::setenv("NOTIFY_SOCKET", ("@" + name).c_str(), 1);
  }
  ~Listens() {
    ::close(socket);
    ::unsetenv("NOTIFY_SOCKET");
  }
  std::string heard() const {
    char text[512];
    const ssize_t size = ::recv(socket, text, sizeof text, MSG_DONTWAIT);
    return size < 0 ? "" : std::string(text, static_cast<std::size_t>(size));
  }
  int socket = ::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
};

}  // namespace

TEST_CASE("a supervisor is told what its protocol has words for") {
  const Listens there("isocost-test-" + std::to_string(::getpid()));
  const Supervisor supervisor;
  supervisor.ready("serving");
  CHECK(there.heard() == "READY=1\nSTATUS=serving");
  supervisor.reloading();
  CHECK(there.heard().starts_with("RELOADING=1\nMONOTONIC_USEC="));
  supervisor.stopping("the last replies");
  CHECK(there.heard() == "STOPPING=1\nSTATUS=the last replies");
  supervisor.alive();
  CHECK(there.heard() == "WATCHDOG=1");
  CHECK(::getenv("NOTIFY_SOCKET") == nullptr);
}

TEST_CASE("without a supervisor nothing is told") {
  ::unsetenv("NOTIFY_SOCKET");
  const Supervisor supervisor;
  supervisor.ready("serving");
  CHECK_FALSE(supervisor.watchdog().has_value());
}

TEST_CASE("a watchdog is heeded that watches this process, and no other one") {
  ::setenv("WATCHDOG_USEC", "2000000", 1);
  CHECK(Supervisor().watchdog() == std::chrono::seconds(2));
  ::setenv("WATCHDOG_USEC", "2000000", 1);
  ::setenv("WATCHDOG_PID", "1", 1);
  CHECK_FALSE(Supervisor().watchdog().has_value());
  for (const char* nonsense : {"", "0", "-5", "soon"}) {
    ::setenv("WATCHDOG_USEC", nonsense, 1);
    CHECK_FALSE(Supervisor().watchdog().has_value());
  }
}
