// A Connection through OpenSSL's engine, which reads and writes the socket itself: no copy but its own, no
// system call that would find nothing, and no buffer while it waits. Belongs to one loop.
#pragma once

#include <openssl/ssl.h>

#include <memory>

#include "providers/net/socket_connection.hpp"
#include "providers/net/tls_fault.hpp"

namespace providers {

class TlsConnection final : public SocketConnection {
 public:
  // A connected socket, and whose settings hold for it.
  TlsConnection(Socket socket, SSL_CTX* context);

  SSL* engine() const { return engine_.get(); }
  // As the side that the engine was told to be. TlsFault::none once hands are shaken.
  Task<routing::TlsFault> handshake();
  // Of the last read.
  routing::TlsFault fault() const { return fault_; }
  void close() override;
  void say_end() override;
  // To a peer that speaks something else. Before hands are shaken.
  void say_in_the_open(std::string_view text);

  // For the context that connections are made of: what they need of it.
  static void prepare(SSL_CTX* context);

 private:
  struct Free {
    void operator()(SSL* engine) const { SSL_free(engine); }
  };
  struct Transport;  // the engine's way to the socket

  Moved receive(std::span<char> room) override;
  Moved send(const Pieces& pieces) override;
  bool may_receive() const override { return has_more_ || SocketConnection::may_receive(); }
  // Why the engine did not do what it was asked to.
  boost::system::error_code reason(int result);
  static int give_certificate(SSL* engine, X509**, EVP_PKEY**);

  std::unique_ptr<SSL, Free> engine_;
  boost::system::error_code broken_{};  // the socket
  routing::TlsFault fault_ = routing::TlsFault::none;
  CertificateAsked asked_ = CertificateAsked::no;
  bool has_more_ = false;  // the engine, of what it received
  bool at_end_ = false;    // of what the peer sends
};

}  // namespace providers
