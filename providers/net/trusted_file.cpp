#include "providers/net/trusted_file.hpp"

#include <openssl/asn1.h>
#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <openssl/x509_vfy.h>

#include <memory>
#include <mutex>
#include <new>
#include <string_view>
#include <utility>
#include <vector>

#include "providers/net/freed_with.hpp"

namespace providers {
namespace {

using Name = std::unique_ptr<X509_NAME, FreedWith<X509_NAME_free>>;
using Authority = std::unique_ptr<X509, FreedWith<X509_free>>;

const unsigned char* begin_of(const std::string& bytes) {
  return reinterpret_cast<const unsigned char*>(bytes.data());
}

// Whose a certificate is: the fifth part of its first part, behind an optional version. Null where it is
// none.
Name subject_of(const std::string& encoded) {
  const unsigned char* at = begin_of(encoded);
  const unsigned char* const end = at + encoded.size();
  long length = 0;
  int tag = 0, kind = 0;
  const auto next = [&] { return (ASN1_get_object(&at, &length, &tag, &kind, end - at) & 0x81) == 0; };
  if (!next() || !next()) return {};  // the certificate, and what of it is signed
  for (int part = 0; part < 4; ++part) {
    if (!next()) return {};
    if (part == 0 && kind == V_ASN1_CONTEXT_SPECIFIC) part = -1;  // the version
    at += length;
  }
  return Name(d2i_X509_NAME(nullptr, &at, end - at));
}

class TrustedFile final {
 public:
  explicit TrustedFile(std::string path) : path_(std::move(path)) {}

  // Puts all of this name into the store. One of them, or null; it lives as long as this does.
  X509* named(const X509_NAME* name, X509_STORE* store) {
    const std::lock_guard lock(mutex_);
    if (!is_read_) is_read_ = read();
    X509* found = nullptr;
    for (Entry& each : entries_) {
      if (X509_NAME_cmp(each.subject.get(), name) != 0) continue;
      if (!each.certificate && !each.encoded.empty()) decode(each, store);
      if (each.certificate) found = each.certificate.get();
    }
    return found;
  }

 private:
  struct Entry {
    Name subject;
    std::string encoded;  // until it is asked for
    bool has_trust;       // OpenSSL's own form, which says what for, too
    Authority certificate;
  };

  // False where it could not be opened, which descriptors that are used up may be the reason for, and where
  // nobody is in it, as while it is written anew.
  bool read() {
    const std::unique_ptr<BIO, FreedWith<BIO_free>> file(BIO_new_file(path_.c_str(), "rb"));
    if (!file) return false;
    for (;;) {
      char* kind = nullptr;
      char* head = nullptr;
      unsigned char* bytes = nullptr;
      long size = 0;
      if (PEM_read_bio(file.get(), &kind, &head, &bytes, &size) != 1) {
        // A damaged part is passed over: those behind it count.
        const bool is_over =
            BIO_eof(file.get()) || ERR_GET_REASON(ERR_peek_last_error()) == PEM_R_NO_START_LINE;
        if (is_over) return !entries_.empty();
        continue;
      }
      const std::string_view is = kind;
      const bool has_trust = is == PEM_STRING_X509_TRUSTED;
      if (has_trust || is == PEM_STRING_X509 || is == PEM_STRING_X509_OLD) {
        std::string encoded(reinterpret_cast<const char*>(bytes), static_cast<std::size_t>(size));
        Name subject = subject_of(encoded);
        if (subject) entries_.push_back({std::move(subject), std::move(encoded), has_trust, {}});
      }
      OPENSSL_free(kind);
      OPENSSL_free(head);
      OPENSSL_free(bytes);
    }
  }

  static void decode(Entry& entry, X509_STORE* store) {
    const unsigned char* at = begin_of(entry.encoded);
    const auto size = static_cast<long>(entry.encoded.size());
    Authority made(entry.has_trust ? d2i_X509_AUX(nullptr, &at, size) : d2i_X509(nullptr, &at, size));
    entry.encoded = {};
    if (made && X509_STORE_add_cert(store, made.get()) == 1) entry.certificate = std::move(made);
  }

  const std::string path_;
  std::mutex mutex_;
  bool is_read_ = false;
  std::vector<Entry> entries_;
};

TrustedFile* file_of(X509_LOOKUP* lookup) {
  return static_cast<TrustedFile*>(X509_LOOKUP_get_method_data(lookup));
}

int find(X509_LOOKUP* lookup, X509_LOOKUP_TYPE type, const X509_NAME* name, X509_OBJECT* result) {
  if (type != X509_LU_X509 || !name) return 0;
  ERR_set_mark();  // the handshake that asks has errors of its own only
  X509* const found = file_of(lookup)->named(name, X509_LOOKUP_get_store(lookup));
  ERR_pop_to_mark();
  if (!found || X509_OBJECT_set1_X509(result, found) != 1) return 0;
  X509_free(found);  // who asks counts itself, and never gives back what is counted here
  return 1;
}

void forget(X509_LOOKUP* lookup) {
  delete file_of(lookup);
}

X509_LOOKUP_METHOD* looking_in_files() {
  static X509_LOOKUP_METHOD* const made = [] {
    X509_LOOKUP_METHOD* method = X509_LOOKUP_meth_new("one by one out of a file");
    if (!method) throw std::bad_alloc();
    X509_LOOKUP_meth_set_get_by_subject(method, &find);
    X509_LOOKUP_meth_set_free(method, &forget);
    return method;
  }();
  return made;
}

}  // namespace

void look_in(X509_STORE* store, const std::string& file) {
  X509_LOOKUP* const lookup = X509_STORE_add_lookup(store, looking_in_files());
  auto looked_in = std::make_unique<TrustedFile>(file);
  if (!lookup || X509_LOOKUP_set_method_data(lookup, looked_in.get()) != 1) throw std::bad_alloc();
  looked_in.release();
}

}  // namespace providers
