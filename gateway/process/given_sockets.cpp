#include "gateway/process/given_sockets.hpp"

#include <fcntl.h>
#include <sys/socket.h>

#include <algorithm>

#include "gateway/process/environment.hpp"

namespace gateway {
namespace {

constexpr int first_given = 3;
constexpr std::uint64_t most_given = 64;
constexpr std::string_view of_administration = "admin";

bool is_listening(int descriptor) {
  int listens = 0;
  socklen_t size = sizeof listens;
  return ::getsockopt(descriptor, SOL_SOCKET, SO_ACCEPTCONN, &listens, &size) == 0 && listens != 0;
}

}  // namespace

GivenSockets::GivenSockets() {
  const std::string pid = taken_from_environment("LISTEN_PID"), count = taken_from_environment("LISTEN_FDS");
  const std::string names = taken_from_environment("LISTEN_FDNAMES");
  if (!is_this_process(pid)) return;
  std::string_view rest = names;
  for (std::uint64_t i = 0; i < std::min(whole_number(count).value_or(0), most_given); ++i) {
    const std::size_t colon = std::min(rest.find(':'), rest.size());
    std::string name(rest.substr(0, colon));
    rest.remove_prefix(std::min(colon + 1, rest.size()));
    const int descriptor = first_given + static_cast<int>(i);
    ::fcntl(descriptor, F_SETFD, FD_CLOEXEC);
    if (is_listening(descriptor)) all_.push_back({.descriptor = descriptor, .name = std::move(name)});
  }
}

int GivenSockets::for_administration() const {
  const auto found = std::ranges::find(all_, of_administration, &GivenSocket::name);
  return found == all_.end() ? -1 : found->descriptor;
}

std::vector<int> GivenSockets::for_clients() const {
  std::vector<int> all;
  for (const GivenSocket& each : all_) {
    if (each.name != of_administration) all.push_back(each.descriptor);
  }
  return all;
}

}  // namespace gateway
