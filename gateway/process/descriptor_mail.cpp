#include "gateway/process/descriptor_mail.hpp"

#include <fcntl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <utility>

namespace gateway {
namespace {

// By way of the directory's descriptor, because a socket's path has room for 107 bytes only.
struct Place {
  explicit Place(const std::string& directory, const std::string& name)
      : folder(::open(directory.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC)) {
    const std::string path = "/proc/self/fd/" + std::to_string(folder.get()) + "/" + name;
    address.sun_family = AF_UNIX;
    is_good = folder.get() >= 0 && path.size() < sizeof address.sun_path;
    if (is_good) std::memcpy(address.sun_path, path.c_str(), path.size() + 1);
  }
  const sockaddr* get() const { return reinterpret_cast<const sockaddr*>(&address); }

  OwnedDescriptor folder;
  sockaddr_un address{};
  bool is_good = false;
};

OwnedDescriptor stream_socket() {
  return OwnedDescriptor(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
}

}  // namespace

OwnedDescriptor::~OwnedDescriptor() {
  if (descriptor_ >= 0) ::close(descriptor_);
}

OwnedDescriptor::OwnedDescriptor(OwnedDescriptor&& other) noexcept : descriptor_(other.release()) {}

OwnedDescriptor& OwnedDescriptor::operator=(OwnedDescriptor&& other) noexcept {
  if (this != &other) {
    if (descriptor_ >= 0) ::close(descriptor_);
    descriptor_ = other.release();
  }
  return *this;
}

int OwnedDescriptor::release() {
  return std::exchange(descriptor_, -1);
}

OwnedDescriptor listen_in(const std::string& directory, const std::string& name) {
  const Place place(directory, name);
  OwnedDescriptor socket = stream_socket();
  if (!place.is_good || socket.get() < 0) return OwnedDescriptor();
  ::unlinkat(place.folder.get(), name.c_str(), 0);
  const bool listens = ::bind(socket.get(), place.get(), sizeof place.address) == 0 &&
                       ::fchmodat(place.folder.get(), name.c_str(), 0600, 0) == 0 &&
                       ::listen(socket.get(), 4) == 0;
  return listens ? std::move(socket) : OwnedDescriptor();
}

OwnedDescriptor connect_in(const std::string& directory, const std::string& name) {
  const Place place(directory, name);
  OwnedDescriptor socket = stream_socket();
  if (!place.is_good || socket.get() < 0) return OwnedDescriptor();
  const bool is_connected = ::connect(socket.get(), place.get(), sizeof place.address) == 0;
  return is_connected ? std::move(socket) : OwnedDescriptor();
}

std::optional<int> process_of_same_user(int socket) {
  ucred other{};
  socklen_t size = sizeof other;
  if (::getsockopt(socket, SOL_SOCKET, SO_PEERCRED, &other, &size) != 0) return std::nullopt;
  if (other.uid != ::geteuid() && other.uid != 0) return std::nullopt;
  return static_cast<int>(other.pid);
}

bool mail(int socket, std::string_view line, std::span<const int> descriptors) {
  if (descriptors.size() > most_mailed) return false;
  alignas(cmsghdr) char control[CMSG_SPACE(most_mailed * sizeof(int))] = {};
  iovec text{.iov_base = const_cast<char*>(line.data()), .iov_len = line.size()};
  msghdr message{};
  message.msg_iov = &text;
  message.msg_iovlen = 1;
  if (!descriptors.empty()) {
    message.msg_control = control;
    message.msg_controllen = CMSG_SPACE(descriptors.size_bytes());
    cmsghdr& head = *CMSG_FIRSTHDR(&message);
    head.cmsg_level = SOL_SOCKET;
    head.cmsg_type = SCM_RIGHTS;
    head.cmsg_len = CMSG_LEN(descriptors.size_bytes());
    std::memcpy(CMSG_DATA(&head), descriptors.data(), descriptors.size_bytes());
  }
  ssize_t sent = 0;
  do sent = ::sendmsg(socket, &message, MSG_NOSIGNAL);
  while (sent < 0 && errno == EINTR);
  return sent == static_cast<ssize_t>(line.size());
}

std::optional<std::string> await_mail(int socket, std::chrono::milliseconds patience,
                                      std::vector<OwnedDescriptor>& received, std::string& why) {
  const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(patience);
  const timeval limit{.tv_sec = seconds.count(),
                      .tv_usec = std::chrono::microseconds(patience - seconds).count()};
  ::setsockopt(socket, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
  std::string line;
  // Byte by byte: what stands behind the line's end is the next one's.
  while (line.size() < longest_mail) {
    alignas(cmsghdr) char control[CMSG_SPACE(most_mailed * sizeof(int))] = {};
    char byte = 0;
    iovec text{.iov_base = &byte, .iov_len = 1};
    msghdr message{};
    message.msg_iov = &text;
    message.msg_iovlen = 1;
    message.msg_control = control;
    message.msg_controllen = sizeof control;
    const ssize_t size = ::recvmsg(socket, &message, MSG_CMSG_CLOEXEC);
    if (size < 0 && errno == EINTR) continue;
    if (size <= 0) {
      why = size == 0 ? "closed the connection"
            : errno == EAGAIN || errno == EWOULDBLOCK
                ? "said nothing for " + std::to_string(seconds.count()) + " s"
                : std::strerror(errno);
      return std::nullopt;
    }
    for (cmsghdr* head = CMSG_FIRSTHDR(&message); head; head = CMSG_NXTHDR(&message, head)) {
      if (head->cmsg_level != SOL_SOCKET || head->cmsg_type != SCM_RIGHTS) continue;
      const std::size_t count = (head->cmsg_len - CMSG_LEN(0)) / sizeof(int);
      for (std::size_t i = 0; i < count; ++i) {
        int descriptor = -1;
        std::memcpy(&descriptor, CMSG_DATA(head) + i * sizeof(int), sizeof descriptor);
        received.emplace_back(descriptor);
      }
    }
    if (byte == '\n') return line;
    line += byte;
  }
  why = "said more than " + std::to_string(longest_mail) + " bytes in one line";
  return std::nullopt;
}

}  // namespace gateway
