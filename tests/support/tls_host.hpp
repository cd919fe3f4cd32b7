// A host on a loopback port of its own that speaks TLS.
#pragma once

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <string>

#include "tests/support/certificates.hpp"
#include "tests/support/loop.hpp"

namespace support {

namespace asio = boost::asio;
namespace ssl = boost::asio::ssl;

// How the host ends a connection after its reply.
enum class Farewell { keeps, close_notify, bare_eof };

// A TLS host that answers each request with the same bytes, and notes what it saw.
class TlsHost {
 public:
  TlsHost(Loop& loop, const Identity& identity, int version, std::string reply, Farewell farewell)
      : loop_(loop),
        acceptor_(loop.io, {asio::ip::address_v4::loopback(), 0}),
        context_(ssl::context::tls_server),
        reply_(std::move(reply)),
        farewell_(farewell) {
    SSL_CTX* native = context_.native_handle();
    SSL_CTX_use_certificate(native, identity.certificate.get());
    SSL_CTX_use_PrivateKey(native, identity.key.get());
    SSL_CTX_set_max_proto_version(native, version);
    SSL_CTX_set_session_id_context(native, reinterpret_cast<const unsigned char*>("test"), 4);
    accept();
  }
  std::uint16_t port() const { return acceptor_.local_endpoint().port(); }
  void stop() { acceptor_.close(); }
  void want_certificates(int how = SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT) {
    SSL_CTX_set_verify(context_.native_handle(), how, nullptr);
  }

  // Of this authority.
  void want_certificates(const Identity& authority) {
    X509_STORE_add_cert(SSL_CTX_get_cert_store(context_.native_handle()), authority.certificate.get());
    want_certificates();
  }

  int handshakes = 0;  // that succeeded, as the host sees it
  int resumed = 0;
  int version = 0;
  std::string server_name;  // SNI
  std::string peer;         // the name in the certificate that was shown
  std::string requests;     // all plaintext that came
  int ended = 0;            // connections

 private:
  void accept() {
    acceptor_.async_accept([this](boost::system::error_code error, Loop::Socket socket) {
      if (error) return;
      asio::co_spawn(loop_.io, serve(*this, std::move(socket)), asio::detached);
      accept();
    });
  }

  static asio::awaitable<void> serve(TlsHost& host, Loop::Socket socket) {
    ssl::stream<Loop::Socket> stream(std::move(socket), host.context_);
    const auto [failed] =
        co_await stream.async_handshake(ssl::stream_base::server, asio::as_tuple(asio::use_awaitable));
    if (!failed) {
      ++host.handshakes;
      host.resumed += SSL_session_reused(stream.native_handle());
      host.version = SSL_version(stream.native_handle());
      if (const char* name = SSL_get_servername(stream.native_handle(), TLSEXT_NAMETYPE_host_name)) {
        host.server_name = name;
      }
      if (X509* const shown = SSL_get0_peer_certificate(stream.native_handle())) {
        std::array<char, 256> name{};
        X509_NAME_get_text_by_NID(X509_get_subject_name(shown), NID_commonName, name.data(), name.size());
        host.peer = name.data();
      }
      co_await answer(host, stream);
    }
    ++host.ended;
  }

  static asio::awaitable<void> answer(TlsHost& host, ssl::stream<Loop::Socket>& stream) {
    for (;;) {
      std::array<char, 4096> part;
      const auto [error, size] =
          co_await stream.async_read_some(asio::buffer(part), asio::as_tuple(asio::use_awaitable));
      host.requests.append(part.data(), size);
      if (error) co_return;
      if (!host.requests.ends_with("}")) continue;
      const auto [unsent, sent] =
          co_await asio::async_write(stream, asio::buffer(host.reply_), asio::as_tuple(asio::use_awaitable));
      if (host.farewell_ == Farewell::close_notify) {
        co_await stream.async_shutdown(asio::as_tuple(asio::use_awaitable));
      }
      if (unsent || host.farewell_ != Farewell::keeps) co_return;
    }
  }

  Loop& loop_;
  Acceptor acceptor_;
  ssl::context context_;
  const std::string reply_;
  const Farewell farewell_;
};

}  // namespace support
