#include "providers/net/authorities.hpp"

#include <doctest/doctest.h>
#include <openssl/ssl.h>

#include <filesystem>
#include <fstream>

#include "providers/net/tls.hpp"
#include "tests/support/certificates.hpp"

using namespace support;
using providers::AuthorityPlaces;
namespace fs = std::filesystem;

namespace {

struct Folder {
  std::string path = (fs::temp_directory_path() / "isocost-authorities-XXXXXX").string();
  Folder() {
    if (!::mkdtemp(path.data())) throw std::runtime_error("cannot make a temporary folder");
  }
  ~Folder() { fs::remove_all(path); }
  std::string with(const std::string& name, const std::string& text = "something") const {
    std::ofstream(path + "/" + name) << text;
    return path + "/" + name;
  }
};

using Context = std::unique_ptr<SSL_CTX, FreedWith<SSL_CTX_free>>;

bool trusts(SSL_CTX* context, const Identity& host) {
  const std::unique_ptr<X509_STORE_CTX, FreedWith<X509_STORE_CTX_free>> look(X509_STORE_CTX_new());
  X509_STORE_CTX_init(look.get(), SSL_CTX_get_cert_store(context), host.certificate.get(), nullptr);
  return X509_verify_cert(look.get()) == 1;
}

}  // namespace

TEST_CASE("the system's authorities are found wherever a system keeps them") {
  const Folder folder;
  const std::string missing = folder.path + "/nowhere";
  AuthorityPlaces places{
      .file = missing,
      .folder = missing,
      .are_named = false,
      .other_systems = {missing, folder.with("empty", ""), folder.with("second"), folder.with("third")}};
  CHECK(providers::authorities_among(places) == folder.path + "/second");

  // A folder without names by hashes is one in which the library finds nobody.
  places.folder = folder.path;
  CHECK(providers::authorities_among(places) == folder.path + "/second");
  folder.with("4a6481c9.0");
  CHECK(providers::authorities_among(places) == folder.path);

  places.file = folder.with("own.pem");
  CHECK(providers::authorities_among(places) == folder.path + "/own.pem");
}

TEST_CASE("where the environment names authorities, no others count") {
  const Folder folder;
  const AuthorityPlaces places{.file = folder.path + "/nowhere",
                               .folder = folder.path + "/nowhere",
                               .are_named = true,
                               .other_systems = {folder.with("everybody")}};
  CHECK(providers::authorities_among(places).empty());
}

TEST_CASE(
    "whoever stands in another system's file is trusted, also after the file is replaced, and nobody else") {
  const Identity authority = certify({.name = "Of a system", .authority = true});
  const Identity later = certify({.name = "Of the next year", .authority = true});
  const Identity stranger = certify({.name = "Of nobody", .authority = true});
  const CertificateFile file(authority), next(later);
  const AuthorityPlaces places{
      .file = "/nowhere", .folder = "/nowhere", .are_named = false, .other_systems = {file.path()}};
  const auto context = [&] {
    Context made(SSL_CTX_new(TLS_client_method()));
    providers::trust_authorities(made.get(), providers::Store::shared, places);
    return made;
  };
  for (int time = 0; time < 2; ++time) {
    const Context made = context();
    CHECK(trusts(made.get(), certify({}, &authority)));
    CHECK_FALSE(trusts(made.get(), certify({}, &stranger)));
    CHECK_FALSE(trusts(made.get(), certify({}, &later)));
  }
  fs::copy_file(next.path(), file.path(), fs::copy_options::overwrite_existing);
  fs::last_write_time(file.path(), fs::last_write_time(file.path()) + std::chrono::seconds(2));
  CHECK(trusts(context().get(), certify({}, &later)));
  CHECK_FALSE(trusts(context().get(), certify({}, &authority)));
}

TEST_CASE("all contexts have one store of authorities, but for those that trust somebody else, too") {
  const auto trusting = [](providers::Store store) {
    Context made(SSL_CTX_new(TLS_client_method()));
    providers::trust_authorities(made.get(), store);
    return made;
  };
  const Context one = trusting(providers::Store::shared), other = trusting(providers::Store::shared);
  CHECK(SSL_CTX_get_cert_store(one.get()) == SSL_CTX_get_cert_store(other.get()));
  CHECK(SSL_CTX_get_cert_store(trusting(providers::Store::own).get()) != SSL_CTX_get_cert_store(one.get()));

  // A host's own authority is nobody else's.
  const Identity authority = certify({.name = "Of one host", .authority = true});
  const CertificateFile file(authority);
  const providers::TlsClient of_it("localhost", file.path());
  CHECK_FALSE(trusts(trusting(providers::Store::shared).get(), certify({}, &authority)));
}

TEST_CASE("an authority of a host's own hides none of the system's that has its name") {
  const Identity ours = certify({.name = "Corporate Root", .authority = true});
  const Identity renewed = certify({.name = "Corporate Root", .authority = true});
  const CertificateFile system(renewed), of_host(ours);
  const Folder none;
  const AuthorityPlaces places{
      .file = system.path(), .folder = none.path, .are_named = true, .other_systems = {}};
  Context context(SSL_CTX_new(TLS_client_method()));
  providers::trust_authorities(context.get(), providers::Store::own, places);
  REQUIRE(SSL_CTX_load_verify_locations(context.get(), of_host.path().c_str(), nullptr) == 1);
  CHECK(trusts(context.get(), certify({}, &renewed)));
}
