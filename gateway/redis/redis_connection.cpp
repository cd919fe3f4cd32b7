#include "gateway/redis/redis_connection.hpp"

#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <memory>

namespace gateway {
namespace {

[[noreturn]] void fail(int error) {
  throw RedisFault(std::strerror(error));
}

}  // namespace

RedisAddress redis_address(const std::string& url) {
  RedisAddress address;
  std::string_view rest = url;
  if (const std::size_t scheme = rest.find("://"); scheme != std::string_view::npos)
    rest.remove_prefix(scheme + 3);
  if (const std::size_t slash = rest.find('/'); slash != std::string_view::npos) {
    const std::string_view database = rest.substr(slash + 1, rest.find('?', slash) - slash - 1);
    if (!database.empty()) address.database = std::string(database);
    rest = rest.substr(0, slash);
  }
  if (const std::size_t at = rest.rfind('@'); at != std::string_view::npos) rest.remove_prefix(at + 1);
  const std::size_t closing = rest.find(']');
  const std::size_t colon = rest.find(':', closing == std::string_view::npos ? 0 : closing);
  if (colon != std::string_view::npos) address.port = std::string(rest.substr(colon + 1));
  rest = rest.substr(0, colon);
  if (rest.size() > 1 && rest.front() == '[') rest = rest.substr(1, rest.size() - 2);
  address.host = rest.empty() ? "127.0.0.1" : std::string(rest);
  return address;
}

RedisConnection::RedisConnection(const config::RedisSettings& settings, std::chrono::milliseconds patience)
    : patience_(patience) {
  const RedisAddress address = redis_address(settings.url);
  connect(address);
  try {
    if (!settings.password.empty()) {
      std::vector<std::string> words{"AUTH"};
      if (!settings.user.empty()) words.push_back(settings.user);
      words.emplace_back(settings.password.reveal());
      must(ask(words));
    }
    if (address.database != "0") must(ask({"SELECT", address.database}));
  } catch (...) {
    ::close(socket_);
    throw;
  }
}

RedisConnection::~RedisConnection() {
  ::close(socket_);
}

void RedisConnection::must(const RedisReply& reply) const {
  if (reply.is_error()) throw RedisFault(reply.text);
}

void RedisConnection::connect(const RedisAddress& address) {
  const Deadline until = std::chrono::steady_clock::now() + patience_;
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

void RedisConnection::wait(short events, Deadline until) const {
  const auto left = std::chrono::ceil<std::chrono::milliseconds>(until - std::chrono::steady_clock::now());
  pollfd one{.fd = socket_, .events = events, .revents = 0};
  if (left.count() <= 0 || ::poll(&one, 1, static_cast<int>(left.count())) == 0)
    throw RedisFault("no answer within " + std::to_string(patience_.count()) + " ms");
}

RedisReply RedisConnection::ask(const std::vector<std::string>& words) {
  const Deadline until = std::chrono::steady_clock::now() + patience_;
  const std::string command = redis_command(words);
  for (std::string_view left = command; !left.empty();) {
    const ssize_t sent = ::send(socket_, left.data(), left.size(), MSG_NOSIGNAL);
    if (sent > 0) {
      left.remove_prefix(static_cast<std::size_t>(sent));
    } else if (errno == EAGAIN || errno == EINTR) {
      wait(POLLOUT, until);
    } else {
      fail(errno);
    }
  }
  std::array<char, 16 << 10> buffer;
  for (;;) {
    RedisReply reply;
    std::size_t size = 0;
    const RedisRead read = read_redis_reply(read_, reply, size);
    if (read == RedisRead::wrong) throw RedisFault("what answers there is no Redis");
    if (read == RedisRead::whole) {
      read_.erase(0, size);
      return reply;
    }
    wait(POLLIN, until);
    const ssize_t got = ::recv(socket_, buffer.data(), buffer.size(), 0);
    if (got == 0) throw RedisFault("it closed the connection");
    if (got < 0 && errno != EAGAIN && errno != EINTR) fail(errno);
    if (got > 0) read_.append(buffer.data(), static_cast<std::size_t>(got));
  }
}

}  // namespace gateway
