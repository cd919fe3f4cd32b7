#include "providers/net/tls.hpp"

#include <doctest/doctest.h>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>

#include "tests/support/certificates.hpp"
#include "tests/support/raw_host.hpp"
#include "tests/support/scripted_names.hpp"

using namespace std::chrono_literals;
using namespace support;
using routing::FailureKind;
using routing::Progress;

namespace {

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

  int handshakes = 0;  // that succeeded, as the host sees it
  int resumed = 0;
  int version = 0;
  std::string server_name;  // SNI
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

const std::string with_length = "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nHello";
const std::string until_close = "HTTP/1.1 200 OK\r\n\r\nHello";

struct World {
  Loop loop;
  Identity authority = certify({.name = "Test authority", .authority = true});
  CertificateFile trusted{authority};
  std::optional<TlsHost> host;
  config::ProviderSettings settings;
  support::ScriptedNames names;
  providers::Resolver resolver{loop.io, loop.timer, names};
  std::optional<providers::HttpProvider> made;

  void serve(const Identity& identity, int version = TLS1_3_VERSION, std::string reply = with_length,
             Farewell farewell = Farewell::keeps) {
    host.emplace(loop, identity, version, std::move(reply), farewell);
    settings.name = {"host"};
    settings.base_url = {
        .scheme = config::BaseUrl::Scheme::https, .host = "localhost", .port = host->port(), .path = "/v1"};
    settings.credential = config::Secret("sk-host");
    if (!settings.ca_file) settings.ca_file = trusted.path();
  }
  providers::HttpProvider& provider() {
    if (!made) made.emplace(settings, loop.io, loop.timer, resolver);
    return *made;
  }
  ~World() {
    made.reset();
    host->stop();
    loop.until([&] { return host->ended == host->handshakes || host->handshakes == 0; });
    loop.settle();
  }
};

}  // namespace

TEST_CASE("a host whose certificate its authority vouches for is asked, over TLS 1.3 and 1.2") {
  for (const int version : {TLS1_3_VERSION, TLS1_2_VERSION}) {
    CAPTURE(version);
    World world;
    world.serve(certify({}, &world.authority), version);
    Asked asked(world.loop, world.provider());
    REQUIRE(asked.head().has_value());
    CHECK(*asked.body() == "Hello");
    CHECK(world.host->version == version);
    CHECK(world.host->server_name == "localhost");
    CHECK(world.host->requests.find("Bearer sk-host") != std::string::npos);
  }
}

TEST_CASE("a host that cannot prove who it is gets not one byte of the request") {
  World world;
  const Identity stranger = certify({.name = "Some authority", .authority = true});
  SUBCASE("expired") {
    world.serve(certify({.begins = -7200, .ends = -3600}, &world.authority));
  }
  SUBCASE("not valid yet") {
    world.serve(certify({.begins = 3600}, &world.authority));
  }
  SUBCASE("another name") {
    world.serve(certify({.name = "example.com"}, &world.authority));
  }
  SUBCASE("signed by itself") {
    world.serve(certify({}));
  }
  SUBCASE("signed by nobody we know") {
    world.serve(certify({}, &stranger));
  }
  SUBCASE("TLS 1.1") {
    world.serve(certify({}, &world.authority), TLS1_1_VERSION);
  }
  Asked asked(world.loop, world.provider());
  REQUIRE(!asked.head().has_value());
  CHECK(asked.head().error() == FailureKind::tls);
  CHECK(asked.exchange().progress() == Progress::nothing_sent);
  world.loop.settle();
  CHECK(world.host->requests.empty());
}

TEST_CASE("a host that never finishes the handshake is given up after its limit") {
  Loop loop;
  RawHost silent(loop);
  config::ProviderSettings settings;
  settings.base_url = {
      .scheme = config::BaseUrl::Scheme::https, .host = "127.0.0.1", .port = silent.port(), .path = ""};
  support::ScriptedNames names;
  providers::Resolver resolver(loop.io, loop.timer, names);
  providers::HttpProvider provider(settings, loop.io, loop.timer, resolver);
  Asked asked(loop, provider);
  silent.connection(0);
  SUBCASE("the limit") {
    loop.settle();
    loop.advance(settings.limits.tls_handshake_timeout - 1ms);
    CHECK(!asked.has_head());
    loop.advance(1ms);
  }
  SUBCASE("or when the client leaves") {
    asked.exchange().abort();
  }
  REQUIRE(!asked.head().has_value());
  CHECK(asked.head().error() == FailureKind::tls);
  silent.stop();
}

TEST_CASE("a second connection resumes the first one's session") {
  for (const int version : {TLS1_3_VERSION, TLS1_2_VERSION}) {
    CAPTURE(version);
    World world;
    world.serve(certify({}, &world.authority), version, with_length, Farewell::close_notify);
    for (int i = 0; i < 3; ++i) {
      Asked asked(world.loop, world.provider());
      REQUIRE(asked.head().has_value());
      CHECK(*asked.body() == "Hello");
      world.loop.until([&] { return world.host->ended == i + 1 || i == 0; });
      world.loop.settle();
    }
    CHECK(world.host->handshakes == 3);
    CHECK(world.host->resumed == 2);
  }
}

TEST_CASE("an end without close_notify is fine behind a length, and a cut where the end is all that tells") {
  struct Row {
    const std::string& reply;
    Farewell farewell;
    bool good;
  };
  const std::vector<Row> rows{{with_length, Farewell::bare_eof, true},
                              {with_length, Farewell::close_notify, true},
                              {until_close, Farewell::close_notify, true},
                              {until_close, Farewell::bare_eof, false}};
  for (const Row& row : rows) {
    CAPTURE(row.reply);
    CAPTURE(static_cast<int>(row.farewell));
    World world;
    world.serve(certify({}, &world.authority), TLS1_3_VERSION, row.reply, row.farewell);
    Asked asked(world.loop, world.provider());
    REQUIRE(asked.head().has_value());
    const auto body = asked.body();
    CHECK(body.has_value() == row.good);
    if (!row.good) CHECK(body.error() == FailureKind::broken_stream);
  }
}
