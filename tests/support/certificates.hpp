// Keys and certificates made when a test runs, valid for nobody else.
#pragma once

#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>
#include <stdlib.h>

#include <cstdio>
#include <filesystem>
#include <memory>
#include <stdexcept>
#include <string>

#include "providers/net/freed_with.hpp"

namespace support {

using providers::FreedWith;
using Key = std::unique_ptr<EVP_PKEY, FreedWith<EVP_PKEY_free>>;
using Certificate = std::unique_ptr<X509, FreedWith<X509_free>>;

struct Identity {
  Key key;
  Certificate certificate;
};

struct CertificateOptions {
  std::string name = "localhost";         // common name and, unless an authority, subject alternative name
  long begins = -3600, ends = 24 * 3600;  // seconds from now
  bool authority = false;
  bool named_in_subject_only = false;
};

// Signed by `issuer`, or by itself without one.
inline Identity certify(const CertificateOptions& options, const Identity* issuer = nullptr) {
  Identity made{Key(EVP_EC_gen("P-256")), Certificate(X509_new())};
  X509* certificate = made.certificate.get();
  static long serial = 1;
  X509_set_version(certificate, 2);
  ASN1_INTEGER_set(X509_get_serialNumber(certificate), serial++);
  X509_gmtime_adj(X509_getm_notBefore(certificate), options.begins);
  X509_gmtime_adj(X509_getm_notAfter(certificate), options.ends);
  X509_set_pubkey(certificate, made.key.get());
  X509_NAME_add_entry_by_txt(X509_get_subject_name(certificate), "CN", MBSTRING_ASC,
                             reinterpret_cast<const unsigned char*>(options.name.c_str()), -1, -1, 0);
  X509* by = issuer ? issuer->certificate.get() : certificate;
  X509_set_issuer_name(certificate, X509_get_subject_name(by));
  X509V3_CTX context;
  X509V3_set_ctx(&context, by, certificate, nullptr, nullptr, 0);
  const auto extend = [&](int id, const std::string& value) {
    const std::unique_ptr<X509_EXTENSION, FreedWith<X509_EXTENSION_free>> extension(
        X509V3_EXT_conf_nid(nullptr, &context, id, value.c_str()));
    X509_add_ext(certificate, extension.get(), -1);
  };
  if (options.authority) {
    extend(NID_basic_constraints, "critical,CA:TRUE");
  } else if (!options.named_in_subject_only) {
    extend(NID_subject_alt_name, "DNS:" + options.name);
  }
  X509_sign(certificate, issuer ? issuer->key.get() : made.key.get(), EVP_sha256());
  return made;
}

// A file of its own in PEM form, gone with the object.
class PemFile {
 public:
  template <class Write>
  explicit PemFile(Write write) {
    const int file = ::mkstemp(path_.data());
    std::FILE* stream = file < 0 ? nullptr : ::fdopen(file, "w");
    if (!stream) throw std::runtime_error("cannot make a temporary file");
    write(stream);
    std::fclose(stream);
  }
  ~PemFile() { std::filesystem::remove(path_); }
  PemFile(const PemFile&) = delete;
  PemFile& operator=(const PemFile&) = delete;
  const std::string& path() const { return path_; }

 private:
  std::string path_ = (std::filesystem::temp_directory_path() / "isocost-test-XXXXXX").string();
};

class CertificateFile : public PemFile {
 public:
  explicit CertificateFile(const Identity& identity)
      : PemFile([&](std::FILE* stream) { PEM_write_X509(stream, identity.certificate.get()); }) {}
};

class KeyFile : public PemFile {
 public:
  explicit KeyFile(const Identity& identity)
      : PemFile([&](std::FILE* stream) {
          PEM_write_PrivateKey(stream, identity.key.get(), nullptr, nullptr, 0, nullptr, nullptr);
        }) {}
};

}  // namespace support
