#include "providers/net/tls.hpp"

#include <doctest/doctest.h>

#include "providers/net/certificates.hpp"
#include "tests/support/certificates.hpp"
#include "tests/support/raw_host.hpp"
#include "tests/support/scripted_names.hpp"
#include "tests/support/tls_host.hpp"

using namespace std::chrono_literals;
using namespace support;
using routing::FailureKind;
using routing::Progress;
using routing::TlsFault;

namespace {

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

TEST_CASE(
    "a host that cannot prove who it is gets not one byte of the request, and what was wrong is known") {
  World world;
  const Identity stranger = certify({.name = "Some authority", .authority = true});
  TlsFault fault{};
  SUBCASE("expired") {
    world.serve(certify({.begins = -7200, .ends = -3600}, &world.authority));
    fault = TlsFault::expired;
  }
  SUBCASE("not valid yet") {
    world.serve(certify({.begins = 3600}, &world.authority));
    fault = TlsFault::not_yet_valid;
  }
  SUBCASE("another name") {
    world.serve(certify({.name = "example.com"}, &world.authority));
    fault = TlsFault::wrong_name;
  }
  SUBCASE("the name in the subject alone") {
    world.serve(certify({.named_in_subject_only = true}, &world.authority));
    fault = TlsFault::wrong_name;
  }
  SUBCASE("a name where an address is asked for") {
    world.serve(certify({}, &world.authority));
    world.settings.base_url.host = "127.0.0.1";
    fault = TlsFault::wrong_name;
  }
  SUBCASE("an address in the subject alone") {
    world.serve(certify({.name = "127.0.0.1", .named_in_subject_only = true}, &world.authority));
    world.settings.base_url.host = "127.0.0.1";
    fault = TlsFault::wrong_name;
  }
  SUBCASE("signed by itself") {
    world.serve(certify({}));
    fault = TlsFault::unknown_authority;
  }
  SUBCASE("signed by nobody we know") {
    world.serve(certify({}, &stranger));
    fault = TlsFault::unknown_authority;
  }
  SUBCASE("TLS 1.1") {
    world.serve(certify({}, &world.authority), TLS1_1_VERSION);
    fault = TlsFault::protocol_version;
  }
  Asked asked(world.loop, world.provider());
  REQUIRE(!asked.head().has_value());
  CHECK(asked.head().error() == FailureKind::tls);
  CHECK(asked.exchange().tls_fault() == fault);
  CHECK(asked.exchange().progress() == Progress::nothing_sent);
  world.loop.settle();
  CHECK(world.host->requests.empty());
}

TEST_CASE("a host that wants a certificate of ours is known for it, whenever it says so") {
  for (const int version : {TLS1_3_VERSION, TLS1_2_VERSION}) {
    CAPTURE(version);
    World world;
    world.serve(certify({}, &world.authority), version);
    world.host->want_certificates();
    Asked asked(world.loop, world.provider());
    REQUIRE(!asked.head().has_value());
    CHECK(asked.head().error() == FailureKind::tls);
    CHECK(asked.exchange().tls_fault() == TlsFault::certificate_wanted);
    CHECK(world.host->requests.empty());
  }
}

TEST_CASE("a host that would take a certificate answers without one") {
  World world;
  world.serve(certify({}, &world.authority));
  world.host->want_certificates(SSL_VERIFY_PEER);
  Asked asked(world.loop, world.provider());
  REQUIRE(asked.head().has_value());
  CHECK(*asked.body() == "Hello");
}

TEST_CASE("a host that speaks no TLS is known for it") {
  Loop loop;
  RawHost plain(loop);
  config::ProviderSettings settings;
  settings.base_url = {
      .scheme = config::BaseUrl::Scheme::https, .host = "127.0.0.1", .port = plain.port(), .path = ""};
  support::ScriptedNames names;
  providers::Resolver resolver(loop.io, loop.timer, names);
  providers::HttpProvider provider(settings, loop.io, loop.timer, resolver);
  Asked asked(loop, provider);
  TlsFault fault{};
  SUBCASE("it answers in HTTP") {
    plain.connection(0).send("HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n");
    fault = TlsFault::plaintext;
  }
  SUBCASE("it hangs up") {
    plain.connection(0).close();
    fault = TlsFault::unfinished;
  }
  REQUIRE(!asked.head().has_value());
  CHECK(asked.head().error() == FailureKind::tls);
  CHECK(asked.exchange().tls_fault() == fault);
  plain.stop();
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
  CHECK(asked.exchange().tls_fault() == TlsFault::unfinished);
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

TEST_CASE("a host that wants to know whom it speaks to is shown a certificate, and refuses others") {
  const Identity other_authority = certify({.name = "Some authority", .authority = true});
  for (const int version : {TLS1_3_VERSION, TLS1_2_VERSION}) {
    CAPTURE(version);
    for (const bool is_known : {true, false}) {
      CAPTURE(is_known);
      World world;
      const Identity ours = certify({.name = "gateway"}, is_known ? &world.authority : &other_authority);
      const CertificateFile certificate(ours);
      const KeyFile key(ours);
      world.settings.access.tls = config::ClientCertificate{certificate.path(), key.path()};
      world.serve(certify({}, &world.authority), version);
      world.host->want_certificates(world.authority);
      Asked asked(world.loop, world.provider());
      REQUIRE(asked.head().has_value() == is_known);
      if (!is_known) {
        CHECK(asked.head().error() == FailureKind::tls);
        CHECK(world.host->requests.empty());
        continue;
      }
      CHECK(*asked.body() == "Hello");
      CHECK(world.host->peer == "gateway");
    }
  }
}

TEST_CASE("a certificate that could not be shown is known by its setting before anybody is asked") {
  const Identity ours = certify({}), others = certify({});
  const CertificateFile certificate(ours);
  const KeyFile key(ours), other_key(others);
  CHECK(!providers::fault_in({certificate.path(), key.path()}));
  const auto wrong = providers::fault_in({certificate.path(), other_key.path()});
  REQUIRE(wrong);
  CHECK(wrong->setting == "key");
  CHECK(wrong->why.find("it is not the key of the certificate in") == 0);
  CHECK(providers::fault_in({key.path(), key.path()})->setting == "certificate");
  CHECK(providers::fault_in({certificate.path(), "/nowhere"})->setting == "key");
}
