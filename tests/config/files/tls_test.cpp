// TLS towards clients, and keys that are known by their certificates.
#include <doctest/doctest.h>

#include "config/files/load.hpp"
#include "tests/support/given_sources.hpp"

namespace {

config::Loaded load(const std::string& more) {
  return config::load("providers: {p: {base_url: https://p.example}}\nmodels: {}\n" + more, "isocost.yaml",
                      test::given_sources());
}

// What the first problem says.
std::string said(const std::string& more) {
  const config::Loaded loaded = load(more);
  return loaded.settings || loaded.problems.empty() ? "" : loaded.problems.front().message;
}

}  // namespace

TEST_CASE(
    "clients are spoken to over TLS where a certificate and its key are "
    "named") {
  const config::Loaded loaded = load("tls: {certificate: /tls.crt, key: /tls.key, client_ca: /ca.pem}\n");
  REQUIRE(loaded.settings);
  REQUIRE(loaded.settings->tls);
  CHECK(loaded.settings->tls->certificate == "/tls.crt");
  CHECK(loaded.settings->tls->is_certificate_required);
  CHECK_FALSE(loaded.settings->tls->admin);
  CHECK_FALSE(loaded.settings->tls->http2);
  CHECK(load("tls: {certificate: /a, key: /b, http2: true}\n").settings->tls->http2);
  CHECK_FALSE(load("").settings->tls);
  CHECK(said("tls: {certificate: /tls.crt}\n").find("`key`") != std::string::npos);
  CHECK(said("tls: {certificate: /a, key: /b, client_certificate: optional}\n").find("no `client_ca`") !=
        std::string::npos);
  CHECK_FALSE(load("tls: {certificate: /a, key: /b, client_ca: /c, "
                   "client_certificate: optional}\n")
                  .settings->tls->is_certificate_required);
}

TEST_CASE("a key has a hash, a certificate or both, and each of them is one key's") {
  const std::string tls = "tls: {certificate: /a, key: /b, client_ca: /c}\n";
  const config::Loaded loaded = load(tls +
                                     "keys: [{name: app, certificate: app.internal}, {name: ops, "
                                     "certificate: ops}]\n");
  REQUIRE(loaded.settings);
  CHECK(loaded.settings->keys[0].certificate == "app.internal");
  CHECK(said("keys: [{name: app}]\n").find("`sha256` is missing") != std::string::npos);
  CHECK(said(tls + "keys: [{name: a, certificate: x}, {name: b, certificate: x}]\n").find("another key") !=
        std::string::npos);
  CHECK(said("keys: [{name: a, certificate: x}]\n").find("no client is asked for a certificate") !=
        std::string::npos);
}
