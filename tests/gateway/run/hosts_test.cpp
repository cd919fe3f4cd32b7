#include "gateway/run/hosts.hpp"

#include <doctest/doctest.h>
#include <stdlib.h>

#include <filesystem>

#include "tests/support/certificates.hpp"
#include "tests/support/raw_host.hpp"
#include "tests/support/scripted_names.hpp"
#include "tests/support/three_hosts.hpp"
#include "tests/support/tls_host.hpp"

using support::Asked;
using support::Peer;
using support::RawHost;

namespace {

// Two providers, "a" and "b", at hosts of their own, and one generation after another.
struct World {
  support::Loop loop;
  RawHost a{loop}, b{loop};
  support::ScriptedNames names;
  providers::Resolver resolver{loop.io, loop.timer, names};
  std::shared_ptr<const gateway::Hosts> hosts;
  std::uint64_t generations = 0;

  ~World() {
    hosts.reset();
    a.stop();
    b.stop();
    loop.settle();
  }

  config::Settings settings() const {
    config::Settings settings;
    for (const auto& [name, port] : {std::pair("a", a.port()), std::pair("b", b.port())}) {
      config::ProviderSettings provider = tests::host(name, "");
      provider.base_url = {
          .scheme = config::BaseUrl::Scheme::http, .host = "127.0.0.1", .port = port, .path = "/v1"};
      settings.providers.push_back(provider);
    }
    return settings;
  }
  void adopt(config::Settings settings) {
    auto generation =
        std::make_shared<const gateway::Generation>(tests::catalogue_of(std::move(settings), ++generations));
    hosts = gateway::hosts_of(std::move(generation), hosts.get(), loop.io, loop.timer, resolver);
  }
  // One exchange on the `connection`th connection that `host` gets.
  void exchange(std::size_t provider, RawHost& host, std::size_t connection) {
    Asked asked(loop, *hosts->providers[provider]);
    Peer& peer = host.connection(connection);
    peer.read_until("{\"model\"");
    peer.take();
    peer.send("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{}");
    CHECK(*asked.body() == "{}");
  }
};

// The first provider's host wants to be shown a certificate, and is vouched for by the system's authorities:
// a provider with a `ca_file` is made anew anyway.
struct ShownWorld : World {
  ShownWorld() { host.want_certificates(authority); }
  ~ShownWorld() {
    ::unsetenv("SSL_CERT_FILE");
    hosts.reset();
    host.stop();
    loop.until([&] { return host.ended == host.handshakes; });
  }
  void adopt_showing(const support::PemFile& certificate, const support::PemFile& key) {
    ::setenv("SSL_CERT_FILE", trusted.path().c_str(), 1);
    config::Settings shown = settings();
    shown.providers[0].base_url = {
        .scheme = config::BaseUrl::Scheme::https, .host = "localhost", .port = host.port(), .path = "/v1"};
    shown.providers[0].access.tls =
        config::ClientCertificate{.certificate = certificate.path(), .key = key.path()};
    adopt(std::move(shown));
  }
  // Whom the host takes us for.
  std::string known_as() {
    Asked asked(loop, *hosts->providers[0]);
    CHECK(*asked.body() == "Hello");
    return host.peer;
  }

  support::Identity authority = support::certify({.name = "Test authority", .authority = true});
  support::CertificateFile trusted{authority};
  support::TlsHost host{loop, support::certify({}, &authority), TLS1_3_VERSION,
                        "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nHello", support::Farewell::keeps};
};

}  // namespace

TEST_CASE("a provider that a reload left as it was keeps its open connections, a changed one gets new ones") {
  World world;
  world.adopt(world.settings());
  world.exchange(0, world.a, 0);
  world.exchange(1, world.b, 0);

  config::Settings changed = world.settings();
  std::swap(changed.providers[0], changed.providers[1]);  // its place does not matter
  changed.providers[1].credential = config::Secret("sk-another");
  world.adopt(changed);
  world.exchange(0, world.b, 0);
  CHECK(world.b.connections() == 1);
  world.exchange(1, world.a, 1);
  CHECK(world.a.connections() == 2);
  CHECK(world.a.connection(0).ended());  // with the last of its generation
  CHECK(!world.b.connection(0).ended());

  for (int i = 0; i < 3; ++i) world.adopt(changed);
  world.exchange(0, world.b, 0);
  world.exchange(1, world.a, 1);
}

TEST_CASE("an exchange under way ends on the provider it began with, whatever a reload made of it") {
  World world;
  world.adopt(world.settings());
  const auto before = world.hosts;
  Asked asked(world.loop, *before->providers[0]);
  world.a.connection(0).read_until("{\"model\"");
  config::Settings without = world.settings();
  without.providers.erase(without.providers.begin());
  world.adopt(without);
  world.a.connection(0).send(
      "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{}");
  CHECK(*asked.body() == "{}");
}

TEST_CASE("a provider with certificates of its own reads them again at each reload") {
  World world;
  config::Settings settings = world.settings();
  const support::CertificateFile trusted(support::certify({.authority = true}));
  settings.providers[0].base_url.scheme = config::BaseUrl::Scheme::https;
  settings.providers[0].ca_file = trusted.path();
  world.adopt(settings);
  const auto before = world.hosts;
  world.adopt(settings);
  CHECK(world.hosts->providers[0] != before->providers[0]);
  CHECK(world.hosts->providers[1] == before->providers[1]);
}

TEST_CASE("a certificate that is shown to a host is read again at each reload") {
  ShownWorld world;
  const support::Identity first = support::certify({.name = "first"}, &world.authority);
  const support::Identity second = support::certify({.name = "second"}, &world.authority);
  const support::CertificateFile certificate(first), next_certificate(second);
  const support::KeyFile key(first), next_key(second);
  world.adopt_showing(certificate, key);
  CHECK(world.known_as() == "first");

  const auto over = std::filesystem::copy_options::overwrite_existing;
  std::filesystem::copy_file(next_certificate.path(), certificate.path(), over);
  std::filesystem::copy_file(next_key.path(), key.path(), over);
  CHECK(world.known_as() == "first");
  world.adopt_showing(certificate, key);
  CHECK(world.known_as() == "second");
}
