#include "bench/client.hpp"

#include <netinet/tcp.h>
#include <strings.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <charconv>
#include <cstring>
#include <stdexcept>
#include <utility>

namespace bench {
namespace {

// The value of a header of `head`, compared without regard to case; empty when it is not there.
std::string_view header(std::string_view head, std::string_view name) {
  for (std::size_t at = head.find("\r\n"); at != std::string_view::npos; at = head.find("\r\n", at)) {
    at += 2;
    if (head.size() > at + name.size() && head[at + name.size()] == ':' &&
        ::strncasecmp(head.data() + at, name.data(), name.size()) == 0) {
      const auto end = head.find("\r\n", at);
      auto value = head.substr(at + name.size() + 1, end - at - name.size() - 1);
      while (value.starts_with(' ')) value.remove_prefix(1);
      return value;
    }
  }
  return {};
}

template <class Number>
Number parsed(std::string_view text, int base) {
  Number value{};
  std::from_chars(text.data(), text.data() + text.size(), value, base);
  return value;
}

}  // namespace

Client::Client(Loop& loop, const Target& target, Listener& listener, std::uint64_t serial)
    : loop_(loop), listener_(listener) {
  fd_ = ::socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (fd_ < 0) throw std::runtime_error(std::string("socket: ") + std::strerror(errno));
  const int on = 1;
  ::setsockopt(fd_, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  ::setsockopt(fd_, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, &on, sizeof on);
  sockaddr_in from{};
  from.sin_family = AF_INET;
  from.sin_addr.s_addr = htonl(INADDR_LOOPBACK + static_cast<std::uint32_t>(serial % 8));
  ::bind(fd_, reinterpret_cast<const sockaddr*>(&from), sizeof from);
  // A refusal is reported by epoll, like every other failure.
  ::connect(fd_, reinterpret_cast<const sockaddr*>(&target.address), sizeof target.address);
  loop_.watch(fd_, EPOLLIN | EPOLLOUT, *this);
}

Client::~Client() {
  if (fd_ >= 0) ::close(fd_);
}

void Client::send(std::string request) {
  out_ = std::move(request);
  reading_ = Reading::head;
  line_.clear();
  last_chunk_ = false;
  if (!waits_for_room_) flush();
}

void Client::ready(std::uint32_t events) {
  if (events & EPOLLERR) {
    int error = 0;
    socklen_t size = sizeof error;
    ::getsockopt(fd_, SOL_SOCKET, SO_ERROR, &error, &size);
    return fail(std::strerror(error));
  }
  if (events & EPOLLOUT) flush();
  if (fd_ >= 0 && (events & (EPOLLIN | EPOLLHUP))) read();
}

void Client::flush() {
  if (!out_.empty()) {
    const auto size = ::send(fd_, out_.data(), out_.size(), MSG_NOSIGNAL);
    if (size < 0 && errno != EAGAIN) return fail(std::strerror(errno));
    out_.erase(0, size < 0 ? 0 : static_cast<std::size_t>(size));
  }
  const bool waits = !out_.empty();
  if (waits != waits_for_room_) loop_.rewatch(fd_, waits ? EPOLLIN | EPOLLOUT : EPOLLIN, *this);
  waits_for_room_ = waits;
}

void Client::read() {
  std::array<char, 65536> piece;
  const auto size = ::recv(fd_, piece.data(), piece.size(), 0);
  if (size < 0 && errno == EAGAIN) return;
  if (size <= 0) return fail(size == 0 ? "closed" : std::strerror(errno));
  take({piece.data(), static_cast<std::size_t>(size)}, now());
}

void Client::take(std::string_view bytes, Nanoseconds time) {
  while (!bytes.empty() && fd_ >= 0) {
    switch (reading_) {
      case Reading::head:
        bytes = take_head(bytes);
        break;
      case Reading::chunk_size:
        bytes = take_chunk_size(bytes);
        break;
      case Reading::chunk_end:
        bytes.remove_prefix(1);
        if (--left_ == 0) reading_ = last_chunk_ ? Reading::nothing : Reading::chunk_size;
        break;
      case Reading::chunk:
      case Reading::whole:
        bytes = take_body(bytes, time);
        break;
      case Reading::nothing:
        return fail("bytes after the answer");
    }
    if (reading_ == Reading::nothing) {
      // Last, since the listener may send the next request from here.
      return listener_.finished(status_, time);
    }
  }
}

std::string_view Client::take_head(std::string_view bytes) {
  const auto before = line_.size();
  line_.append(bytes);
  const auto end = line_.find("\r\n\r\n", before < 3 ? 0 : before - 3);
  if (end == std::string::npos) return {};
  const std::string_view head = std::string_view(line_).substr(0, end + 2);
  status_ = parsed<int>(head.substr(head.find(' ') + 1), 10);
  left_ = parsed<std::size_t>(header(head, "content-length"), 10);
  const bool chunked = header(head, "transfer-encoding") == "chunked";
  bytes.remove_prefix(end + 4 - before);
  line_.clear();
  reading_ = chunked ? Reading::chunk_size : left_ > 0 ? Reading::whole : Reading::nothing;
  return bytes;
}

std::string_view Client::take_chunk_size(std::string_view bytes) {
  const auto end = bytes.find('\n');
  line_.append(bytes.substr(0, end));
  if (end == std::string_view::npos) return {};
  left_ = parsed<std::size_t>(line_, 16);
  line_.clear();
  last_chunk_ = left_ == 0;
  reading_ = last_chunk_ ? Reading::chunk_end : Reading::chunk;
  if (last_chunk_) left_ = 2;
  return bytes.substr(end + 1);
}

std::string_view Client::take_body(std::string_view bytes, Nanoseconds time) {
  const auto piece = bytes.substr(0, left_);
  left_ -= piece.size();
  listener_.body(piece, time);
  if (left_ == 0) {
    const bool chunk = reading_ == Reading::chunk;
    reading_ = chunk ? Reading::chunk_end : Reading::nothing;
    if (chunk) left_ = 2;
  }
  return bytes.substr(piece.size());
}

void Client::fail(const std::string& why) {
  if (fd_ >= 0) ::close(fd_);
  fd_ = -1;
  listener_.failed(why);
}

}  // namespace bench
