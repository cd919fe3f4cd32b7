#include "gateway/doctor/reach.hpp"

#include "providers/loop/wall_clock.hpp"

#include <fcntl.h>
#include <netdb.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <ctime>
#include <memory>
#include <optional>

#include "providers/net/authorities.hpp"

namespace gateway {
namespace {

using Kind = Finding::Kind;

template <class T, void (*end)(T*)>
struct Ends {
  void operator()(T* it) const { end(it); }
};
template <class T, void (*end)(T*)>
using Owned = std::unique_ptr<T, Ends<T, end>>;
using Addresses = Owned<addrinfo, ::freeaddrinfo>;

class Socket {
 public:
  explicit Socket(int descriptor) : descriptor_(descriptor) {}
  Socket(Socket&& other) noexcept : descriptor_(other.descriptor_) { other.descriptor_ = -1; }
  Socket& operator=(Socket&&) = delete;
  ~Socket() {
    if (descriptor_ >= 0) ::close(descriptor_);
  }
  int descriptor() const { return descriptor_; }

 private:
  int descriptor_;
};

// One that is connected; else `why`.
Socket connected(const addrinfo* to, std::chrono::seconds patience, std::string& why) {
  for (; to; to = to->ai_next) {
    Socket socket(::socket(to->ai_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
    if (::connect(socket.descriptor(), to->ai_addr, to->ai_addrlen) != 0 && errno != EINPROGRESS) {
      why = std::strerror(errno);
      continue;
    }
    pollfd waits{.fd = socket.descriptor(), .events = POLLOUT, .revents = 0};
    int error = ETIMEDOUT;
    socklen_t size = sizeof error;
    if (::poll(&waits, 1, static_cast<int>(std::chrono::milliseconds(patience).count())) == 1)
      ::getsockopt(socket.descriptor(), SOL_SOCKET, SO_ERROR, &error, &size);
    if (error == 0) {
      // From here on it waits by itself, for so long at a time.
      ::fcntl(socket.descriptor(), F_SETFL, 0);
      const timeval limit{.tv_sec = patience.count(), .tv_usec = 0};
      ::setsockopt(socket.descriptor(), SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
      ::setsockopt(socket.descriptor(), SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof limit);
      return socket;
    }
    why = std::strerror(error);
  }
  return Socket(-1);
}

std::string request_to(const config::BaseUrl& url) {
  return "GET " + url.path + "/models HTTP/1.1\r\nHost: " + url.host +
         "\r\nUser-Agent: isocost-doctor\r\nAccept: */*\r\nConnection: close\r\n\r\n";
}

// The seconds by which this machine's clock is ahead of the one that wrote the reply's Date.
std::optional<double> ahead_of(const std::string& reply) {
  const std::size_t at =
      reply.find("\r\nDate: ") != std::string::npos ? reply.find("\r\nDate: ") : reply.find("\r\ndate: ");
  std::tm there{};
  if (at == std::string::npos || !::strptime(reply.c_str() + at + 8, "%a, %d %b %Y %H:%M:%S GMT", &there))
    return std::nullopt;
  return std::difftime(std::chrono::system_clock::to_time_t(providers::system_wall()), ::timegm(&there));
}

// What the first bytes of an answer say.
void judge(const std::string& reply, Finding& found) {
  if (!reply.starts_with("HTTP/1.")) {
    found.kind = Kind::bad;
    found.what += ", but what answers speaks no HTTP/1.1";
    found.todo = "correct `base_url`";
    return;
  }
  found.what += ", answers " + reply.substr(9, 3) + " to who has no key";
  const auto ahead = ahead_of(reply);
  if (ahead && (*ahead > 60 || *ahead < -60)) {
    found.kind = Kind::doubtful;
    found.what += ", and its clock is " + std::to_string(static_cast<long>(*ahead > 0 ? *ahead : -*ahead)) +
                  " s " + (*ahead > 0 ? "behind" : "ahead of") + " this machine's";
    found.todo = "set this machine's clock: signatures and certificates go by it";
  }
}

std::string tls_fault(SSL* tls) {
  const long verified = SSL_get_verify_result(tls);
  if (verified != X509_V_OK) return X509_verify_cert_error_string(verified);
  const unsigned long code = ERR_peek_last_error();
  const char* words = code ? ERR_reason_error_string(code) : nullptr;
  return words ? words : "it ended in the middle";
}

void over_tls(const config::ProviderSettings& host, const Socket& socket, Finding& found) {
  const Owned<SSL_CTX, SSL_CTX_free> context(SSL_CTX_new(TLS_client_method()));
  providers::trust_authorities(context.get(),
                               host.ca_file ? providers::Store::own : providers::Store::shared);
  if (host.ca_file) SSL_CTX_load_verify_locations(context.get(), host.ca_file->c_str(), nullptr);
  SSL_CTX_set_verify(context.get(), SSL_VERIFY_PEER, nullptr);
  const Owned<SSL, SSL_free> tls(SSL_new(context.get()));
  SSL_set_tlsext_host_name(tls.get(), host.base_url.host.c_str());
  SSL_set1_host(tls.get(), host.base_url.host.c_str());
  SSL_set_fd(tls.get(), socket.descriptor());
  ERR_clear_error();
  if (SSL_connect(tls.get()) != 1) {
    found.kind = Kind::bad;
    found.what += ", but no TLS with it: " + tls_fault(tls.get());
    found.todo =
        "look at the time of this machine, at a proxy on the way, or name its authority in `ca_file`";
    return;
  }
  const Owned<X509, X509_free> certificate(SSL_get1_peer_certificate(tls.get()));
  int days = 0, seconds = 0;
  if (certificate && ASN1_TIME_diff(&days, &seconds, nullptr, X509_get0_notAfter(certificate.get()))) {
    found.what += ", its certificate has " + std::to_string(days) + " days left";
    if (days < 7) {
      found.kind = Kind::doubtful;
      found.todo = "whoever runs it has to renew its certificate";
    }
  }
  const std::string request = request_to(host.base_url);
  std::string reply(4096, '\0');
  const bool is_sent = SSL_write(tls.get(), request.data(), static_cast<int>(request.size())) > 0;
  const int size = is_sent ? SSL_read(tls.get(), reply.data(), static_cast<int>(reply.size())) : 0;
  reply.resize(size > 0 ? static_cast<std::size_t>(size) : 0);
  judge(reply, found);
}

void in_the_open(const config::ProviderSettings& host, const Socket& socket, Finding& found) {
  const std::string request = request_to(host.base_url);
  std::string reply(4096, '\0');
  const bool is_sent = ::send(socket.descriptor(), request.data(), request.size(), MSG_NOSIGNAL) ==
                       static_cast<ssize_t>(request.size());
  const ssize_t size = is_sent ? ::recv(socket.descriptor(), reply.data(), reply.size(), 0) : 0;
  reply.resize(size > 0 ? static_cast<std::size_t>(size) : 0);
  judge(reply, found);
}

}  // namespace

Finding reach(const config::ProviderSettings& host, std::chrono::seconds patience) {
  const config::BaseUrl& url = host.base_url;
  Finding found{Kind::good, "host " + host.name.text, {}};
  addrinfo hints{}, *first = nullptr;
  hints.ai_socktype = SOCK_STREAM;
  const auto began = std::chrono::steady_clock::now();
  const int missing = ::getaddrinfo(url.host.c_str(), std::to_string(url.port).c_str(), &hints, &first);
  const auto waited = std::chrono::steady_clock::now() - began;
  const Addresses addresses(first);
  if (missing != 0) {
    return {Kind::bad, found.about, url.host + " has no address: " + ::gai_strerror(missing),
            "correct `base_url`, or look at the name servers in /etc/resolv.conf"};
  }
  if (waited > std::chrono::seconds(1)) {
    found.kind = Kind::doubtful;
    found.todo = "name servers are slow: look at /etc/resolv.conf";
  }
  std::string why = "it has no address";
  const Socket socket = connected(addresses.get(), patience, why);
  if (socket.descriptor() < 0) {
    return {Kind::bad, found.about,
            "no connection to " + url.host + ":" + std::to_string(url.port) + ": " + why,
            "let this machine reach it, by its firewall or by `proxy`"};
  }
  found.what = url.host + " is reached";
  if (url.scheme == config::BaseUrl::Scheme::https) {
    over_tls(host, socket, found);
  } else {
    in_the_open(host, socket, found);
  }
  return found;
}

}  // namespace gateway
