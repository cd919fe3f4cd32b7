#include "providers/net/tls.hpp"

#include <boost/asio/ip/address.hpp>
#include <boost/asio/ssl/error.hpp>
#include <boost/asio/ssl/host_name_verification.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/asio/write.hpp>
#include <boost/system/system_error.hpp>

#include "providers/loop/spawn.hpp"

namespace providers {
namespace {

namespace asio = boost::asio;

class TlsConnection final : public Connection {
 public:
  TlsConnection(Socket socket, asio::ssl::context& context) : stream_(std::move(socket), context) {}

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

 private:
  struct ReadDone {
    boost::intrusive_ptr<TlsConnection> connection;
    void operator()(boost::system::error_code error, std::size_t bytes) const {
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
};

// Slot 0 is Asio's, for the verification of names: what stands there decides who is trusted.
int own_slot() {
  static const int slot = SSL_CTX_get_ex_new_index(0, nullptr, nullptr, nullptr, nullptr);
  return slot;
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
  context_.set_verify_callback(asio::ssl::host_name_verification(host_));
  SSL_CTX_set_session_cache_mode(context_.native_handle(),
                                 SSL_SESS_CACHE_CLIENT | SSL_SESS_CACHE_NO_INTERNAL);
  SSL_CTX_set_ex_data(context_.native_handle(), own_slot(), this);
  SSL_CTX_sess_set_new_cb(context_.native_handle(), &TlsClient::keep_session);
}

int TlsClient::keep_session(SSL* ssl, SSL_SESSION* session) {
  auto* self = static_cast<TlsClient*>(SSL_CTX_get_ex_data(SSL_get_SSL_CTX(ssl), own_slot()));
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

Task<Result<void>> TlsClient::handshake(Connection& wrapped) {
  auto& connection = static_cast<TlsConnection&>(wrapped);
  const ConnectionPtr alive(&connection);
  const auto [error] = co_await completion<boost::system::error_code>(
      [&](auto handler) { connection.stream().async_handshake(asio::ssl::stream_base::client, handler); });
  if (error) co_return routing::FailureKind::tls;
  co_return Result<void>();
}

}  // namespace providers
