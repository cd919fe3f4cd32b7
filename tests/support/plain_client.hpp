// A client on a blocking socket that sends and sees raw bytes, for tests of servers on loopback.
#pragma once

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include <cstdint>
#include <cstdlib>
#include <stdexcept>
#include <string>
#include <string_view>

namespace support {

class PlainClient {
 public:
  explicit PlainClient(std::uint16_t port) : socket_(::socket(AF_INET, SOCK_STREAM, 0)) {
    // A server that says nothing fails its test rather than hang it.
    const timeval patience{.tv_sec = 20, .tv_usec = 0};
    ::setsockopt(socket_, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (::connect(socket_, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) {
      ::close(socket_);
      throw std::runtime_error("cannot connect");
    }
  }
  ~PlainClient() { ::close(socket_); }
  PlainClient(const PlainClient&) = delete;
  PlainClient& operator=(const PlainClient&) = delete;

  // Whether the server took all of it.
  bool send(std::string_view bytes) {
    while (!bytes.empty()) {
      const auto sent = ::send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
      if (sent <= 0) return false;
      bytes.remove_prefix(static_cast<std::size_t>(sent));
    }
    return true;
  }
  // All that has come, and more until it contains `text`. Throws when the server ends or falls silent before.
  std::string read_until(std::string_view text) {
    while (got_.find(text) == std::string::npos) {
      if (!more())
        throw std::runtime_error("the server ended before it said " + std::string{text} + "\n" + got_);
    }
    return got_;
  }
  // All that comes until the server closes the connection.
  std::string read_to_end() {
    while (more()) {
    }
    return got_;
  }
  // One reply with a content-length, head and body; what follows it stays for the next.
  std::string read_reply() {
    read_until("\r\n\r\n");
    const std::size_t body = got_.find("\r\n\r\n") + 4;
    constexpr std::string_view field = "content-length: ";
    const std::size_t at = got_.find(field);
    const std::size_t size = at < body ? std::strtoul(got_.c_str() + at + field.size(), nullptr, 10) : 0;
    while (got_.size() < body + size) {
      if (!more()) throw std::runtime_error("the reply ended too early\n" + got_);
    }
    const std::string reply = got_.substr(0, body + size);
    got_.erase(0, body + size);
    return reply;
  }

 private:
  bool more() {
    char part[4096];
    const auto size = ::recv(socket_, part, sizeof part, 0);
    if (size < 0 && errno != ECONNRESET) throw std::runtime_error("the server fell silent after\n" + got_);
    if (size <= 0) return false;
    got_.append(part, static_cast<std::size_t>(size));
    return true;
  }

  int socket_;
  std::string got_;
};

}  // namespace support
