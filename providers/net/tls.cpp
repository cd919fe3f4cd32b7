#include "providers/net/tls.hpp"

#include <boost/asio/ip/address.hpp>
#include <boost/asio/ssl/error.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/asio/write.hpp>
#include <boost/system/system_error.hpp>
#include <stdexcept>

#include "providers/loop/spawn.hpp"
#include "providers/net/tls_fault.hpp"

namespace providers {
namespace {

namespace asio = boost::asio;
using routing::TlsFault;

// Slot 0 of either is Asio's.
int context_slot() {
  static const int slot = SSL_CTX_get_ex_new_index(0, nullptr, nullptr, nullptr, nullptr);
  return slot;
}
int connection_slot() {
  static const int slot = SSL_get_ex_new_index(0, nullptr, nullptr, nullptr, nullptr);
  return slot;
}

class TlsConnection final : public Connection {
 public:
  TlsConnection(Socket socket, asio::ssl::context& context) : stream_(std::move(socket), context) {
    SSL_set_ex_data(stream_.native_handle(), connection_slot(), this);
  }

  // TLS writes need the engine's own pace: nothing is taken at once.
  bool write_now(Pieces& pieces) override { return pieces.empty(); }

  Task<bool> write(Pieces& pieces) override {
    const ConnectionPtr alive(this);
    // One record for a small request instead of one per piece.
    std::string text;
    text.reserve(pieces.bytes());
    for (const std::string_view piece : pieces.texts()) text.append(piece);
    pieces.drop(text.size());
    const auto [error, sent] = co_await completion<boost::system::error_code, std::size_t>(
        [&](auto handler) { asio::async_write(stream_, asio::buffer(text), handler); });
    co_return !error;
  }

  void close() override {
    // OpenSSL does not resume the session of a connection that it takes to be broken off.
    SSL_set_shutdown(stream_.native_handle(), SSL_SENT_SHUTDOWN | SSL_RECEIVED_SHUTDOWN);
    boost::system::error_code ignored;
    stream_.lowest_layer().close(ignored);
  }
  void end_writing() override {
    boost::system::error_code ignored;
    stream_.lowest_layer().shutdown(Tcp::socket::shutdown_send, ignored);
  }
  asio::ssl::stream<Socket>& stream() { return stream_; }
  // Of the last read.
  TlsFault fault() const { return fault_; }
  CertificateAsked asked() const { return asked_; }
  // Called by OpenSSL when the host asks for a certificate. There is none to give.
  static int give_certificate(SSL* ssl, X509**, EVP_PKEY**) {
    static_cast<TlsConnection*>(SSL_get_ex_data(ssl, connection_slot()))->asked_ = CertificateAsked::yes;
    return 0;
  }

 private:
  struct ReadDone {
    boost::intrusive_ptr<TlsConnection> connection;
    void operator()(boost::system::error_code error, std::size_t bytes) const {
      if (error) connection->fault_ = fault_of_alert(error, connection->asked_);
      connection->arrived(error, bytes);
    }
  };
  void read_into(std::span<char> room) override {
    stream_.async_read_some(asio::buffer(room.data(), room.size()), ReadDone{this});
  }
  void cancel_read() override {
    boost::system::error_code ignored;
    stream_.lowest_layer().cancel(ignored);
  }

  asio::ssl::stream<Socket> stream_;
  TlsFault fault_ = TlsFault::none;
  CertificateAsked asked_ = CertificateAsked::no;
};

void verify_name(SSL_CTX* context, const std::string& host) {
  X509_VERIFY_PARAM* wanted = SSL_CTX_get0_param(context);
  X509_VERIFY_PARAM_set_hostflags(wanted,
                                  X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS | X509_CHECK_FLAG_NEVER_CHECK_SUBJECT);
  const bool is_address = X509_VERIFY_PARAM_set1_ip_asc(wanted, host.c_str()) == 1;
  // Without a name to check every certificate would do.
  if (!is_address && X509_VERIFY_PARAM_set1_host(wanted, host.data(), host.size()) != 1) {
    throw std::runtime_error("no certificate can be checked for the name " + host);
  }
}

}  // namespace

TlsClient::TlsClient(std::string host, const std::optional<std::string>& ca_file)
    : host_(std::move(host)), context_(asio::ssl::context::tls_client) {
  context_.set_options(asio::ssl::context::default_workarounds | asio::ssl::context::no_sslv2 |
                       asio::ssl::context::no_sslv3 | asio::ssl::context::no_tlsv1 |
                       asio::ssl::context::no_tlsv1_1);
  context_.set_verify_mode(asio::ssl::verify_peer);
  context_.set_default_verify_paths();
  if (ca_file) context_.load_verify_file(*ca_file);
  verify_name(context_.native_handle(), host_);
  SSL_CTX_set_session_cache_mode(context_.native_handle(),
                                 SSL_SESS_CACHE_CLIENT | SSL_SESS_CACHE_NO_INTERNAL);
  SSL_CTX_set_ex_data(context_.native_handle(), context_slot(), this);
  SSL_CTX_sess_set_new_cb(context_.native_handle(), &TlsClient::keep_session);
  SSL_CTX_set_client_cert_cb(context_.native_handle(), &TlsConnection::give_certificate);
}

int TlsClient::keep_session(SSL* ssl, SSL_SESSION* session) {
  auto* self = static_cast<TlsClient*>(SSL_CTX_get_ex_data(SSL_get_SSL_CTX(ssl), context_slot()));
  self->session_.reset(session);
  return 1;  // the reference is ours now
}

ConnectionPtr TlsClient::wrap(Connection::Socket socket) {
  boost::intrusive_ptr<TlsConnection> connection(new TlsConnection(std::move(socket), context_));
  SSL* ssl = connection->stream().native_handle();
  boost::system::error_code not_an_address;
  asio::ip::make_address(host_, not_an_address);
  if (not_an_address) SSL_set_tlsext_host_name(ssl, host_.c_str());  // SNI is for names only
  if (session_) SSL_set_session(ssl, session_.get());
  return connection;
}

Task<TlsFault> TlsClient::handshake(Connection& wrapped) {
  auto& connection = static_cast<TlsConnection&>(wrapped);
  const ConnectionPtr alive(&connection);
  const auto [error] = co_await completion<boost::system::error_code>(
      [&](auto handler) { connection.stream().async_handshake(asio::ssl::stream_base::client, handler); });
  if (!error) co_return TlsFault::none;
  co_return fault_of_handshake(error, connection.stream().native_handle(), connection.asked());
}

TlsFault TlsClient::fault_after(const Connection& wrapped) {
  return static_cast<const TlsConnection&>(wrapped).fault();
}

}  // namespace providers
