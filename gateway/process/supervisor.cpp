#include "gateway/process/supervisor.hpp"

#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

#include <cstddef>
#include <cstdint>
#include <cstring>

#include "gateway/process/environment.hpp"

namespace gateway {
namespace {

std::int64_t monotonic_microseconds() {
  timespec now{};
  ::clock_gettime(CLOCK_MONOTONIC, &now);
  return static_cast<std::int64_t>(now.tv_sec) * 1'000'000 + now.tv_nsec / 1'000;
}

}  // namespace

Supervisor::Supervisor() : address_(taken_from_environment("NOTIFY_SOCKET")) {
  const std::string limit = taken_from_environment("WATCHDOG_USEC");
  const std::string pid = taken_from_environment("WATCHDOG_PID");
  const std::optional<std::uint64_t> silence = whole_number(limit);
  if (silence && *silence > 0 && (pid.empty() || is_this_process(pid))) watchdog_.emplace(*silence);
  // A path, or a name of the abstract kind, which is written with @ and begins
  // with a zero byte.
  if (address_.empty() || (address_[0] != '/' && address_[0] != '@')) return;
  if (address_[0] == '@') address_[0] = '\0';
  socket_ = ::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
}

Supervisor::~Supervisor() {
  if (socket_ >= 0) ::close(socket_);
}

void Supervisor::tell(const std::string& lines) const {
  sockaddr_un to{};
  if (socket_ < 0 || address_.size() >= sizeof to.sun_path) return;
  to.sun_family = AF_UNIX;
  std::memcpy(to.sun_path, address_.data(), address_.size());
  const auto size = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + address_.size());
  // Whoever does not take it now is not waited for.
  [[maybe_unused]] const ssize_t sent = ::sendto(socket_, lines.data(), lines.size(), MSG_NOSIGNAL,
                                                 reinterpret_cast<const sockaddr*>(&to), size);
}

void Supervisor::ready(std::string_view status) const {
  tell("READY=1\nSTATUS=" + std::string(status));
}

void Supervisor::reloading() const {
  tell("RELOADING=1\nMONOTONIC_USEC=" + std::to_string(monotonic_microseconds()));
}

void Supervisor::stopping(std::string_view status) const {
  tell("STOPPING=1\nSTATUS=" + std::string(status));
}

void Supervisor::alive() const {
  tell("WATCHDOG=1");
}

}  // namespace gateway
