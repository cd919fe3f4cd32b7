#include "providers/net/trusted_file.hpp"

#include <doctest/doctest.h>
#include <openssl/err.h>
#include <openssl/x509_vfy.h>

#include <filesystem>
#include <fstream>
#include <thread>
#include <vector>

#include "tests/support/certificates.hpp"

using namespace support;

namespace {

struct Trusting {
  std::unique_ptr<X509_STORE, FreedWith<X509_STORE_free>> store{X509_STORE_new()};
  explicit Trusting(const std::string& file) { providers::look_in(store.get(), file); }
  bool trusts(const Identity& host) const {
    const std::unique_ptr<X509_STORE_CTX, FreedWith<X509_STORE_CTX_free>> look(X509_STORE_CTX_new());
    X509_STORE_CTX_init(look.get(), store.get(), host.certificate.get(), nullptr);
    return X509_verify_cert(look.get()) == 1;
  }
  int held() const { return sk_X509_OBJECT_num(X509_STORE_get0_objects(store.get())); }
};

PemFile file_of(const std::vector<const Identity*>& all) {
  return PemFile([&](std::FILE* stream) {
    for (const Identity* each : all) {
      std::fputs("# Somebody\n", stream);
      PEM_write_X509(stream, each->certificate.get());
    }
  });
}

}  // namespace

TEST_CASE("of a file of authorities only those are read that a certificate names") {
  const Identity one = certify({.name = "One", .authority = true});
  const Identity other = certify({.name = "Other", .authority = true});
  const Identity stranger = certify({.name = "Stranger", .authority = true});
  const PemFile file = file_of({&one, &other});
  const Trusting system(file.path());
  ERR_clear_error();
  CHECK(system.held() == 0);
  CHECK_FALSE(system.trusts(certify({}, &stranger)));
  CHECK(system.held() == 0);
  for (int time = 0; time < 2; ++time) {
    CHECK(system.trusts(certify({}, &other)));
    CHECK(system.held() == 1);
  }
  CHECK(system.trusts(certify({}, &one)));
  CHECK(system.held() == 2);
  CHECK(ERR_peek_error() == 0);
}

TEST_CASE("of two authorities of one name that one counts which signed") {
  const Identity old = certify({.name = "Same", .authority = true});
  const Identity renewed = certify({.name = "Same", .authority = true});
  const Identity impostor = certify({.name = "Same", .authority = true});
  const PemFile file = file_of({&old, &renewed});
  const Trusting system(file.path());
  CHECK(system.trusts(certify({}, &renewed)));
  CHECK(system.trusts(certify({}, &old)));
  CHECK_FALSE(system.trusts(certify({}, &impostor)));
}

TEST_CASE("an authority that stands in the file trusts itself, and one that is over vouches for nobody") {
  const Identity authority = certify({.name = "Of now", .authority = true});
  const Identity over = certify({.name = "Of then", .begins = -7200, .ends = -3600, .authority = true});
  const PemFile file = file_of({&authority, &over});
  const Trusting system(file.path());
  CHECK(system.trusts(authority));
  CHECK_FALSE(system.trusts(certify({}, &over)));
}

TEST_CASE("a damaged part of a file of authorities vouches for nobody, and those around it stay") {
  const Identity first = certify({.name = "First", .authority = true});
  const Identity last = certify({.name = "Last", .authority = true});
  const Identity of_first = certify({}, &first), of_last = certify({}, &last);
  const std::string begin = "-----BEGIN CERTIFICATE-----\n", end = "-----END CERTIFICATE-----\n";
  for (const std::string& damage : {begin + "%%%%\n" + end, begin + "MIIB\n" + end, begin + "MAA=\n" + end,
                                    begin + end, begin, std::string("-----BEGIN CERTIFICATE\n"),
                                    std::string("-----BEGIN X509 CRL-----\nMAA=\n-----END X509 CRL-----\n"),
                                    std::string(3'000, 'x') + "\n"}) {
    CAPTURE(damage);
    const PemFile file([&](std::FILE* stream) {
      PEM_write_X509(stream, first.certificate.get());
      std::fwrite(damage.data(), 1, damage.size(), stream);
      PEM_write_X509(stream, last.certificate.get());
      std::fwrite(damage.data(), 1, damage.size(), stream);
    });
    const Trusting system(file.path());
    ERR_clear_error();
    CHECK(system.trusts(of_first));
    CHECK(system.trusts(of_last) == (damage != begin));  // whose beginning is without an end takes the next
    CHECK(ERR_peek_error() == 0);
  }
  CHECK_FALSE(Trusting("/nowhere").trusts(certify({}, &first)));
  CHECK_FALSE(Trusting("/").trusts(certify({}, &first)));
}

TEST_CASE("a file of authorities that cannot be opened now is looked into again") {
  const Identity authority = certify({.name = "Of later", .authority = true});
  const Identity host = certify({}, &authority);
  const CertificateFile file(authority);
  const std::string path = file.path() + ".later";
  const Trusting system(path);
  CHECK_FALSE(system.trusts(host));
  std::ofstream{path};  // empty, as while it is written anew
  CHECK_FALSE(system.trusts(host));
  std::filesystem::copy_file(file.path(), path, std::filesystem::copy_options::overwrite_existing);
  CHECK(system.trusts(host));
  std::filesystem::remove(path);
}

TEST_CASE("OpenSSL's own form of a certificate is read, too, and what it may vouch for") {
  const Identity authority = certify({.name = "With trust", .authority = true});
  const Identity distrusted = certify({.name = "Without trust", .authority = true});
  X509_add1_trust_object(authority.certificate.get(), OBJ_nid2obj(NID_server_auth));
  X509_add1_reject_object(distrusted.certificate.get(), OBJ_nid2obj(NID_server_auth));
  const PemFile file([&](std::FILE* stream) {
    PEM_write_X509_AUX(stream, authority.certificate.get());
    PEM_write_X509_AUX(stream, distrusted.certificate.get());
  });
  const Trusting system(file.path());
  const auto trusts = [&](const Identity& host) {
    const std::unique_ptr<X509_STORE_CTX, FreedWith<X509_STORE_CTX_free>> look(X509_STORE_CTX_new());
    X509_STORE_CTX_init(look.get(), system.store.get(), host.certificate.get(), nullptr);
    X509_STORE_CTX_set_purpose(look.get(), X509_PURPOSE_SSL_SERVER);
    return X509_verify_cert(look.get()) == 1;
  };
  CHECK(trusts(certify({}, &authority)));
  CHECK_FALSE(trusts(certify({}, &distrusted)));
}

TEST_CASE("many may look in one file of authorities at a time") {
  std::vector<Identity> authorities;
  std::vector<const Identity*> all;
  for (int each = 0; each < 8; ++each)
    authorities.push_back(certify({.name = "Number " + std::to_string(each), .authority = true}));
  for (const Identity& each : authorities) all.push_back(&each);
  std::vector<Identity> hosts;
  for (const Identity& each : authorities) hosts.push_back(certify({}, &each));
  const PemFile file = file_of(all);
  const Trusting system(file.path());
  std::vector<int> trusted(4, 0);
  {
    std::vector<std::jthread> threads;
    for (int& mine : trusted)
      threads.emplace_back([&] {
        for (const Identity& each : hosts) mine += system.trusts(each);
      });
  }
  CHECK(trusted == std::vector<int>(4, 8));
  CHECK(system.held() == 8);
}
