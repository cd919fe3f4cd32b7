#include "providers/net/tls_connection.hpp"

#include <openssl/bio.h>
#include <openssl/err.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <boost/asio/error.hpp>
#include <boost/asio/ssl/error.hpp>
#include <cerrno>
#include <new>
#include <stdexcept>

namespace providers {
namespace {

namespace asio = boost::asio;
using boost::system::error_code;
using routing::TlsFault;

// What one record holds at the most.
constexpr std::size_t record_bytes = SSL3_RT_MAX_PLAIN_LENGTH;

// Slot 0 is Asio's.
int connection_slot() {
  static const int slot = SSL_get_ex_new_index(0, nullptr, nullptr, nullptr, nullptr);
  return slot;
}

// The first bytes of the pieces, as many as one record takes. Long texts are taken where they stand.
std::string_view next_record(const Pieces& pieces, std::array<char, record_bytes>& joined) {
  const std::span<const std::string_view> texts = pieces.texts();
  if (texts.size() == 1 || texts.front().size() >= record_bytes) return texts.front().substr(0, record_bytes);
  std::size_t size = 0;
  for (const std::string_view text : texts) {
    size += text.copy(joined.data() + size, record_bytes - size);
    if (size == record_bytes) break;
  }
  return {joined.data(), size};
}

}  // namespace

struct TlsConnection::Transport {
  static TlsConnection& of(BIO* bio) { return *static_cast<TlsConnection*>(BIO_get_data(bio)); }

  static int read(BIO* bio, char* data, std::size_t size, std::size_t* got) {
    TlsConnection& connection = of(bio);
    BIO_clear_retry_flags(bio);
    const Moved moved = connection.receive_plain({data, size});
    *got = moved.bytes;
    if (moved.error == asio::error::would_block) {
      BIO_set_retry_read(bio);
    } else if (moved.error == asio::error::eof) {
      connection.at_end_ = true;
    } else if (moved.error) {
      connection.broken_ = moved.error;
    }
    return moved.bytes > 0 ? 1 : 0;
  }

  static int write(BIO* bio, const char* data, std::size_t size, std::size_t* sent) {
    TlsConnection& connection = of(bio);
    BIO_clear_retry_flags(bio);
    ssize_t written = -1;
    do {
      written = ::send(connection.socket(), data, size, MSG_NOSIGNAL);
    } while (written < 0 && errno == EINTR);
    if (written >= 0) {
      *sent = static_cast<std::size_t>(written);
      return 1;
    }
    *sent = 0;
    if (errno == EAGAIN || errno == EWOULDBLOCK) {
      BIO_set_retry_write(bio);
    } else {
      connection.broken_ = {errno, boost::system::system_category()};
    }
    return 0;
  }

  static long control(BIO* bio, int command, long, void*) {
    if (command == BIO_CTRL_EOF) return of(bio).at_end_ ? 1 : 0;
    return command == BIO_CTRL_FLUSH ? 1 : 0;
  }

  static const BIO_METHOD* method() {
    static const BIO_METHOD* const made = [] {
      BIO_METHOD* method = BIO_meth_new(BIO_get_new_index() | BIO_TYPE_SOURCE_SINK, "isocost socket");
      if (!method) throw std::bad_alloc();
      BIO_meth_set_read_ex(method, &Transport::read);
      BIO_meth_set_write_ex(method, &Transport::write);
      BIO_meth_set_ctrl(method, &Transport::control);
      return method;
    }();
    return made;
  }
};

void TlsConnection::prepare(SSL_CTX* context) {
  // The engine takes what the socket has in one go, and gives its buffers back when they are empty.
  SSL_CTX_set_read_ahead(context, 1);
  SSL_CTX_set_mode(context, SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER |
                                SSL_MODE_RELEASE_BUFFERS);
  // So that writing never waits for something to read.
  SSL_CTX_set_options(context, SSL_OP_NO_RENEGOTIATION);
  SSL_CTX_set_client_cert_cb(context, &TlsConnection::give_certificate);
}

TlsConnection::TlsConnection(Socket socket, SSL_CTX* context)
    : SocketConnection(std::move(socket)), engine_(SSL_new(context)) {
  BIO* transport = engine_ ? BIO_new(Transport::method()) : nullptr;
  if (!transport) throw std::bad_alloc();
  BIO_set_data(transport, this);
  BIO_set_init(transport, 1);
  SSL_set_bio(engine(), transport, transport);
  SSL_set_ex_data(engine(), connection_slot(), this);
}

Task<TlsFault> TlsConnection::handshake() {
  const ConnectionPtr alive(this);
  while (is_open()) {
    ERR_clear_error();
    const int result = SSL_do_handshake(engine());
    if (result == 1) {
      // What the peer sent with its last words is with the engine, and no longer with the socket.
      has_more_ = SSL_has_pending(engine()) == 1;
      co_return TlsFault::none;
    }
    const error_code error = reason(result);
    if (error != asio::error::would_block) co_return fault_of_handshake(error, engine(), asked_);
    co_await anything();
  }
  co_return TlsFault::unfinished;
}

SocketConnection::Moved TlsConnection::receive(std::span<char> room) {
  ERR_clear_error();
  std::size_t got = 0;
  const int result = SSL_read_ex(engine(), room.data(), room.size(), &got);
  has_more_ = result == 1 && SSL_has_pending(engine()) == 1;
  if (result == 1) return {.bytes = got};
  const error_code error = reason(result);
  if (error != asio::error::would_block) fault_ = fault_of_alert(error, asked_);
  if (SSL_want_write(engine())) receive_when_writable();
  return {.error = error};
}

SocketConnection::Moved TlsConnection::send(const Pieces& pieces) {
  std::array<char, record_bytes> joined;
  const std::string_view record = next_record(pieces, joined);
  ERR_clear_error();
  std::size_t sent = 0;
  const int result = SSL_write_ex(engine(), record.data(), record.size(), &sent);
  if (result == 1) return {.bytes = sent};
  return {.error = reason(result)};
}

void TlsConnection::say_end() {
  if (!is_open() || !SSL_is_init_finished(engine())) return;
  ERR_clear_error();
  SSL_shutdown(engine());
}

void TlsConnection::say_in_the_open(std::string_view text) {
  if (is_open()) [[maybe_unused]]
    const ssize_t sent = ::send(socket(), text.data(), text.size(), MSG_NOSIGNAL);
}

void TlsConnection::close() {
  // OpenSSL does not resume the session of a connection that it takes to be broken off.
  SSL_set_shutdown(engine(), SSL_SENT_SHUTDOWN | SSL_RECEIVED_SHUTDOWN);
  SocketConnection::close();
}

error_code TlsConnection::reason(int result) {
  switch (SSL_get_error(engine(), result)) {
    case SSL_ERROR_WANT_READ:
    case SSL_ERROR_WANT_WRITE:
      return asio::error::would_block;
    case SSL_ERROR_ZERO_RETURN:
      return asio::error::eof;
    case SSL_ERROR_SSL: {
      const unsigned long said = ERR_get_error();
      if (ERR_GET_REASON(said) == SSL_R_UNEXPECTED_EOF_WHILE_READING)
        return asio::ssl::error::stream_truncated;
      return {static_cast<int>(said), asio::error::get_ssl_category()};
    }
    default:
      return broken_ ? broken_ : error_code(asio::ssl::error::stream_truncated);
  }
}

// Called by OpenSSL when the host asks for a certificate. There is none to give.
int TlsConnection::give_certificate(SSL* engine, X509**, EVP_PKEY**) {
  auto* self = static_cast<TlsConnection*>(SSL_get_ex_data(engine, connection_slot()));
  if (self) self->asked_ = CertificateAsked::yes;  // an engine may be without a connection
  return 0;
}

}  // namespace providers
