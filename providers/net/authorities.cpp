#include "providers/net/authorities.hpp"

#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>

#include <cstdlib>
#include <filesystem>
#include <memory>
#include <mutex>
#include <new>

#include "providers/net/trusted_file.hpp"

namespace providers {
namespace {

namespace fs = std::filesystem;

struct StoreFree {
  void operator()(X509_STORE* store) const { X509_STORE_free(store); }
};
using Trusted = std::shared_ptr<X509_STORE>;

bool has_content(const std::string& file) {
  std::error_code error;
  return fs::is_regular_file(file, error) && fs::file_size(file, error) > 0 && !error;
}

// As OpenSSL names them: `4a6481c9.0`.
bool is_hashed(const std::string& folder) {
  std::error_code error;
  for (fs::directory_iterator each(folder, error), end; !error && each != end; each.increment(error)) {
    const std::string name = each->path().filename().string();
    if (name.size() == 10 && name.find_first_not_of("0123456789abcdef") == 8 && name.ends_with(".0"))
      return true;
  }
  return false;
}

Trusted read(const AuthorityPlaces& places, const std::string& place, Store kind) {
  const Trusted store(X509_STORE_new(), StoreFree());
  if (!store) throw std::bad_alloc();
  const bool is_ours = place.empty() || place == places.file || place == places.folder;
  const std::string& file = is_ours ? places.file : place;
  // Of both only whom it needs, when it does; of a folder, whom the file does not name. Beside authorities of
  // somebody's own all of the file's are there: the library looks nowhere for a name that is in the store.
  if (has_content(file)) {
    kind == Store::shared ? look_in(store.get(), file)
                          : void(X509_STORE_load_file(store.get(), file.c_str()));
  }
  if (!places.folder.empty()) X509_STORE_load_path(store.get(), places.folder.c_str());
  ERR_clear_error();  // one that cannot be read vouches for nobody, which is said when it is asked
  return store;
}

// What was read last, for as long as its place stands as it did.
Trusted shared_of(const AuthorityPlaces& places, const std::string& place) {
  static std::mutex mutex;
  static Trusted known;
  static std::string name;
  static fs::file_time_type since;
  const std::lock_guard lock(mutex);
  std::error_code error;
  const fs::file_time_type changed = fs::last_write_time(place, error);
  if (known && name == place + places.folder && since == changed) return known;
  known = read(places, place, Store::shared);
  name = place + places.folder;
  since = changed;
  return known;
}

}  // namespace

AuthorityPlaces places_of_authorities() {
  const char* file = std::getenv("SSL_CERT_FILE");
  const char* folder = std::getenv("SSL_CERT_DIR");
  return {.file = file ? file : X509_get_default_cert_file(),
          .folder = folder ? folder : X509_get_default_cert_dir(),
          .are_named = file || folder,
          .other_systems = {
              "/etc/ssl/certs/ca-certificates.crt",                 // Debian, Alpine, Arch
              "/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem",  // Fedora, Red Hat
              "/etc/pki/tls/certs/ca-bundle.crt",                   // the same, earlier
              "/etc/ssl/ca-bundle.pem",                             // SUSE
              "/etc/ssl/cert.pem",                                  // Alpine without the package
          }};
}

std::string authorities_among(const AuthorityPlaces& places) {
  if (has_content(places.file)) return places.file;
  if (is_hashed(places.folder)) return places.folder;
  if (places.are_named) return {};
  for (const std::string& each : places.other_systems) {
    if (has_content(each)) return each;
  }
  return {};
}

void trust_authorities(SSL_CTX* context, Store store, const AuthorityPlaces& places) {
  const std::string place = authorities_among(places);
  const Trusted trusted = store == Store::shared ? shared_of(places, place) : read(places, place, store);
  SSL_CTX_set1_cert_store(context, trusted.get());
}

}  // namespace providers
