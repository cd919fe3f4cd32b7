#include "providers/net/tls.hpp"

#include <boost/asio/ip/address.hpp>
#include <memory>
#include <new>
#include <stdexcept>

#include "providers/net/authorities.hpp"
#include "providers/net/tls_connection.hpp"

namespace providers {
namespace {

namespace asio = boost::asio;
using routing::TlsFault;

// Slot 0 is Asio's.
int context_slot() {
  static const int slot = SSL_CTX_get_ex_new_index(0, nullptr, nullptr, nullptr, nullptr);
  return slot;
}

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

void show(asio::ssl::context& context, const config::ClientCertificate& shown) {
  context.set_password_callback([](std::size_t, auto) { return std::string(); });  // nobody is asked
  context.use_certificate_chain_file(shown.certificate);
  context.use_private_key_file(shown.key, asio::ssl::context::pem);
}

}  // namespace

TlsClient::TlsClient(std::string host, const std::optional<std::string>& ca_file,
                     const std::optional<config::ClientCertificate>& shown)
    : host_(std::move(host)) {
  if (ca_file || shown) make_context(ca_file, shown);
}

SSL_CTX* TlsClient::context() {
  if (!context_) make_context({}, {});
  return context_->native_handle();
}

void TlsClient::make_context(const std::optional<std::string>& ca_file,
                             const std::optional<config::ClientCertificate>& shown) {
  asio::ssl::context made(asio::ssl::context::tls_client);
  made.set_options(asio::ssl::context::default_workarounds | asio::ssl::context::no_sslv2 |
                   asio::ssl::context::no_sslv3 | asio::ssl::context::no_tlsv1 |
                   asio::ssl::context::no_tlsv1_1);
  made.set_verify_mode(asio::ssl::verify_peer);
  trust_authorities(made.native_handle(), ca_file ? Store::own : Store::shared);
  if (ca_file) made.load_verify_file(*ca_file);
  if (shown) show(made, *shown);
  verify_name(made.native_handle(), host_);
  SSL_CTX_set_session_cache_mode(made.native_handle(), SSL_SESS_CACHE_CLIENT | SSL_SESS_CACHE_NO_INTERNAL);
  SSL_CTX_set_ex_data(made.native_handle(), context_slot(), this);
  SSL_CTX_sess_set_new_cb(made.native_handle(), &TlsClient::keep_session);
  TlsConnection::prepare(made.native_handle());
  context_ = std::make_unique<asio::ssl::context>(std::move(made));
}

int TlsClient::keep_session(SSL* ssl, SSL_SESSION* session) {
  auto* self = static_cast<TlsClient*>(SSL_CTX_get_ex_data(SSL_get_SSL_CTX(ssl), context_slot()));
  self->session_.reset(session);
  return 1;  // the reference is ours now
}

void TlsClient::prepare(SSL* engine) const {
  SSL_set_connect_state(engine);
  boost::system::error_code not_an_address;
  asio::ip::make_address(host_, not_an_address);
  if (not_an_address) SSL_set_tlsext_host_name(engine, host_.c_str());  // SNI is for names only
  if (session_) SSL_set_session(engine, session_.get());
}

ConnectionPtr TlsClient::wrap(Connection::Socket socket) {
  const boost::intrusive_ptr<TlsConnection> connection(new TlsConnection(std::move(socket), context()));
  prepare(connection->engine());
  return connection;
}

std::unique_ptr<SSL, TlsClient::EngineFree> TlsClient::engine(int socket) {
  std::unique_ptr<SSL, EngineFree> engine(SSL_new(context()));
  if (!engine || SSL_set_fd(engine.get(), socket) != 1) throw std::bad_alloc();
  prepare(engine.get());
  return engine;
}

Task<TlsFault> TlsClient::handshake(Connection& wrapped) {
  return static_cast<TlsConnection&>(wrapped).handshake();
}

TlsFault TlsClient::fault_after(const Connection& wrapped) {
  return static_cast<const TlsConnection&>(wrapped).fault();
}

}  // namespace providers
