// What TLS needs beside a socket: whom to trust, and sessions to resume. One per provider and loop.
// The peer's certificate and name are always verified; there is no way to turn that off. A name counts where
// certificates have had it since 2000 (subject alternative name), never in the subject.
#pragma once

#include <boost/asio/ssl/context.hpp>
#include <memory>
#include <optional>
#include <string>

#include "config/values/access.hpp"
#include "providers/net/connection.hpp"
#include "providers/net/result.hpp"

namespace providers {

class TlsClient {
 public:
  // Trusts the system's roots and, where given, those in `ca_file`. `host` is verified and sent as SNI.
  // `shown`: to a host that wants to know whom it speaks to. Throws where these files are at fault.
  TlsClient(std::string host, const std::optional<std::string>& ca_file,
            const std::optional<config::ClientCertificate>& shown = {});
  TlsClient(const TlsClient&) = delete;
  TlsClient& operator=(const TlsClient&) = delete;

  // Takes a connected socket and shakes hands; close the returned connection's socket to end it early.
  ConnectionPtr wrap(Connection::Socket socket);
  // The engine alone, for a thread that waits for its socket itself. Must not outlive this.
  struct EngineFree {
    void operator()(SSL* engine) const { SSL_free(engine); }
  };
  std::unique_ptr<SSL, EngineFree> engine(int socket);
  // What was wrong, or TlsFault::none: no byte of a request may be written before that.
  static Task<routing::TlsFault> handshake(Connection& wrapped);
  // Why a connection that shook hands ended before a reply, where TLS is to blame: in TLS 1.3 a host that
  // wants a certificate of us says so only then.
  static routing::TlsFault fault_after(const Connection& wrapped);

 private:
  struct SessionFree {
    void operator()(SSL_SESSION* session) const { SSL_SESSION_free(session); }
  };
  // Made when the first connection is: a host that nobody asks takes no memory, and a start no time.
  SSL_CTX* context();
  void make_context(const std::optional<std::string>& ca_file,
                    const std::optional<config::ClientCertificate>& shown);
  void prepare(SSL* engine) const;
  static int keep_session(SSL* ssl, SSL_SESSION* session);

  std::string host_;
  std::unique_ptr<boost::asio::ssl::context> context_;
  std::unique_ptr<SSL_SESSION, SessionFree> session_;  // the newest; resumed by the next connection
};

}  // namespace providers
