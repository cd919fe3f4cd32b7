// TLS towards clients: the gateway's certificate as its files have it, and what a client's certificate says.
// TLS 1.2 at the least, HTTP/1.1 and, where that is wanted, HTTP/2. Sessions are resumed over all loops. May
// be used by all threads.
#pragma once

#include <openssl/ssl.h>

#include <boost/smart_ptr/intrusive_ptr.hpp>
#include <chrono>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <stdexcept>
#include <string>
#include <vector>

#include "providers/net/tls_connection.hpp"

namespace providers {

class TlsServer {
 public:
  struct Files {
    std::string certificate, key;  // PEM
    std::string client_ca;         // who signs clients' certificates; empty: none are asked for
    bool is_certificate_required = true;
    bool offers_http2 = false;  // first, where a client has it in its list

    friend bool operator==(const Files&, const Files&) = default;
  };
  // A file that cannot be used: `setting` is the name of its member.
  struct Fault : std::runtime_error {
    Fault(std::string of, const std::string& why) : std::runtime_error(why), setting(std::move(of)) {}
    std::string setting;
  };

  // Throws Fault.
  explicit TlsServer(Files files);

  const Files& files() const { return files_; }
  // Takes an accepted socket; handshake() comes next.
  boost::intrusive_ptr<TlsConnection> wrap(Connection::Socket socket) const;
  // Takes the files' new contents where they changed. Throws Fault where they cannot be used: what was there
  // before stays in use, and is not tried again until they change once more.
  bool renew();
  // When the certificate ends, seconds since 1970.
  std::int64_t expires() const;

 private:
  using Context = std::shared_ptr<SSL_CTX>;
  using Stamp = std::vector<std::int64_t>;
  Context context() const;
  Stamp stamp() const;

  const Files files_;
  Stamp stamp_;
  mutable std::mutex lock_;  // of the next one, taken once a connection
  Context context_;
};

// The names in the certificate that the client of a connection has shown, verified: DNS names, URIs and mail
// addresses that it is for, or where it has none of these, its subject's common name. None without one.
std::vector<std::string> names_of_peer(const TlsConnection& connection);
// Whether HTTP/2 was agreed on. Once hands are shaken.
bool speaks_http2(const TlsConnection& connection);

}  // namespace providers
