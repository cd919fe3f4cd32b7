#include "gateway/redis/redis_socket.hpp"

#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <openssl/err.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <boost/asio/ssl/error.hpp>
#include <cerrno>
#include <cstring>

#include "gateway/observe/words.hpp"
#include "providers/net/tls_fault.hpp"

namespace gateway {
namespace {

[[noreturn]] void fail(int error) {
  throw RedisFault(std::strerror(error));
}

std::string words_of_handshake(SSL* engine) {
  const boost::system::error_code error(static_cast<int>(ERR_peek_error()),
                                        boost::asio::error::get_ssl_category());
  const routing::TlsFault fault =
      providers::fault_of_handshake(error, engine, providers::CertificateAsked::no);
  return "no TLS: " + std::string(word(fault));
}

}  // namespace

RedisSocket::RedisSocket(const RedisAddress& address, Deadline until) {
  connect(address, until);
  try {
    if (address.is_tls) shake_hands(address, until);
  } catch (...) {
    engine_.reset();
    ::close(socket_);
    throw;
  }
}

RedisSocket::~RedisSocket() {
  engine_.reset();
  ::close(socket_);
}

void RedisSocket::connect(const RedisAddress& address, Deadline until) {
  const addrinfo wanted{.ai_flags = AI_ADDRCONFIG,
                        .ai_family = AF_UNSPEC,
                        .ai_socktype = SOCK_STREAM,
                        .ai_protocol = 0,
                        .ai_addrlen = 0,
                        .ai_addr = nullptr,
                        .ai_canonname = nullptr,
                        .ai_next = nullptr};
  addrinfo* list = nullptr;
  if (const int error = ::getaddrinfo(address.host.c_str(), address.port.c_str(), &wanted, &list))
    throw RedisFault(::gai_strerror(error));
  const std::unique_ptr<addrinfo, decltype(&::freeaddrinfo)> found(list, &::freeaddrinfo);
  std::string why;
  for (const addrinfo* each = list; each; each = each->ai_next) {
    socket_ = ::socket(each->ai_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (socket_ < 0) fail(errno);
    const int on = 1;
    ::setsockopt(socket_, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    try {
      if (::connect(socket_, each->ai_addr, each->ai_addrlen) != 0 && errno != EINPROGRESS) fail(errno);
      wait(POLLOUT, until);
      int error = 0;
      socklen_t size = sizeof error;
      ::getsockopt(socket_, SOL_SOCKET, SO_ERROR, &error, &size);
      if (error != 0) fail(error);
      return;
    } catch (const RedisFault& fault) {
      why = fault.what();
      ::close(socket_);
      socket_ = -1;
    }
  }
  throw RedisFault(why);
}

void RedisSocket::shake_hands(const RedisAddress& address, Deadline until) {
  try {
    tls_.emplace(address.host, address.ca_file);
  } catch (const std::exception& fault) {
    throw RedisFault("no certificate can be checked: " + address.ca_file.value_or(address.host) + ": " +
                     fault.what());
  }
  engine_ = tls_->engine(socket_);
  for (;;) {
    ERR_clear_error();
    const int result = SSL_do_handshake(engine_.get());
    if (result == 1) return;
    if (SSL_get_error(engine_.get(), result) == SSL_ERROR_SSL)
      throw RedisFault(words_of_handshake(engine_.get()));
    wait_for_engine(result, until);
  }
}

void RedisSocket::wait_for_engine(int result, Deadline until) {
  switch (SSL_get_error(engine_.get(), result)) {
    case SSL_ERROR_WANT_READ:
      return wait(POLLIN, until);
    case SSL_ERROR_WANT_WRITE:
      return wait(POLLOUT, until);
    case SSL_ERROR_SSL: {
      const char* reason = ERR_reason_error_string(ERR_peek_error());
      throw RedisFault(std::string("TLS: ") + (reason ? reason : "broken off"));
    }
    default:
      throw RedisFault("it closed the connection");
  }
}

void RedisSocket::wait(short events, Deadline until) const {
  const auto left = std::chrono::ceil<std::chrono::milliseconds>(until - std::chrono::steady_clock::now());
  pollfd one{.fd = socket_, .events = events, .revents = 0};
  if (left.count() <= 0 || ::poll(&one, 1, static_cast<int>(left.count())) == 0)
    throw RedisFault("no answer in time");
}

void RedisSocket::send(std::string_view bytes, Deadline until) {
  while (!bytes.empty()) {
    if (engine_) {
      ERR_clear_error();
      std::size_t sent = 0;
      const int result = SSL_write_ex(engine_.get(), bytes.data(), bytes.size(), &sent);
      if (result == 1) {
        bytes.remove_prefix(sent);
      } else {
        wait_for_engine(result, until);
      }
      continue;
    }
    const ssize_t sent = ::send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (sent > 0) {
      bytes.remove_prefix(static_cast<std::size_t>(sent));
    } else if (errno == EAGAIN || errno == EINTR) {
      wait(POLLOUT, until);
    } else {
      fail(errno);
    }
  }
}

std::size_t RedisSocket::receive(std::span<char> room, Deadline until) {
  for (;;) {
    if (engine_) {
      ERR_clear_error();
      std::size_t got = 0;
      const int result = SSL_read_ex(engine_.get(), room.data(), room.size(), &got);
      if (result == 1) return got;
      wait_for_engine(result, until);
      continue;
    }
    const ssize_t got = ::recv(socket_, room.data(), room.size(), 0);
    if (got > 0) return static_cast<std::size_t>(got);
    if (got == 0) throw RedisFault("it closed the connection");
    if (errno != EAGAIN && errno != EINTR) fail(errno);
    wait(POLLIN, until);
  }
}

}  // namespace gateway
