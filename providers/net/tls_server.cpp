#include "providers/net/tls_server.hpp"

#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>
#include <sys/stat.h>

#include <array>
#include <ctime>
#include <span>
#include <string_view>

#include "providers/net/freed_with.hpp"

namespace providers {
namespace {

using Certificate = std::unique_ptr<X509, FreedWith<X509_free>>;
using AlternativeNames = std::unique_ptr<GENERAL_NAMES, FreedWith<GENERAL_NAMES_free>>;

// OpenSSL's own words for what went wrong first.
std::string last_words() {
  const unsigned long said = ERR_get_error();
  ERR_clear_error();
  const char* words = ERR_reason_error_string(said);
  return words ? words : "it cannot be read";
}

[[noreturn]] void fail(const std::string& setting, const std::string& file, const std::string& why) {
  throw TlsServer::Fault(setting, "`" + file + "` cannot be used: " + why);
}

constexpr std::array<unsigned char, 12> protocols{2, 'h', '2', 8, 'h', 't', 't', 'p', '/', '1', '.', '1'};
constexpr std::string_view http2 = "h2";

// The first of ours that the client has in its list, which HTTP/2 is only where it is `offered_first`;
// whoever has none of them is served without an agreement.
int choose_protocol(SSL*, const unsigned char** chosen, unsigned char* size, const unsigned char* offered,
                    unsigned int offered_size, void* offered_first) {
  std::span<const unsigned char> ours(protocols);
  if (!offered_first) ours = ours.subspan(1 + http2.size());
  unsigned char* found = nullptr;
  const auto ours_size = static_cast<unsigned>(ours.size());
  const int result = SSL_select_next_proto(&found, size, ours.data(), ours_size, offered, offered_size);
  *chosen = found;
  return result == OPENSSL_NPN_NEGOTIATED ? SSL_TLSEXT_ERR_OK : SSL_TLSEXT_ERR_NOACK;
}

std::shared_ptr<SSL_CTX> read_files(const TlsServer::Files& files) {
  std::shared_ptr<SSL_CTX> made(SSL_CTX_new(TLS_server_method()), SSL_CTX_free);
  if (!made) throw std::bad_alloc();
  SSL_CTX* context = made.get();
  ERR_clear_error();
  SSL_CTX_set_min_proto_version(context, TLS1_2_VERSION);
  // A mark that is asked for being there alone.
  void* const offers_http2 = files.offers_http2 ? const_cast<char*>(http2.data()) : nullptr;
  SSL_CTX_set_alpn_select_cb(context, &choose_protocol, offers_http2);
  TlsConnection::prepare(context);
  if (SSL_CTX_use_certificate_chain_file(context, files.certificate.c_str()) != 1)
    fail("certificate", files.certificate, last_words());
  if (SSL_CTX_use_PrivateKey_file(context, files.key.c_str(), SSL_FILETYPE_PEM) != 1) {
    const bool is_of_another = ERR_GET_REASON(ERR_peek_error()) == X509_R_KEY_VALUES_MISMATCH;
    fail(
        "key", files.key,
        is_of_another ? "it is not the key of the certificate in `" + files.certificate + "`" : last_words());
  }
  if (files.client_ca.empty()) return made;

  if (SSL_CTX_load_verify_file(context, files.client_ca.c_str()) != 1)
    fail("client_ca", files.client_ca, last_words());
  SSL_CTX_set_client_CA_list(context, SSL_load_client_CA_file(files.client_ca.c_str()));
  SSL_CTX_set_verify(context,
                     SSL_VERIFY_PEER | (files.is_certificate_required ? SSL_VERIFY_FAIL_IF_NO_PEER_CERT : 0),
                     nullptr);
  constexpr std::string_view name = "isocost";  // sessions of verified clients are resumed under a name only
  SSL_CTX_set_session_id_context(context, reinterpret_cast<const unsigned char*>(name.data()), name.size());
  return made;
}

void add_text(const ASN1_STRING* text, std::vector<std::string>& names) {
  const auto* data = reinterpret_cast<const char*>(ASN1_STRING_get0_data(text));
  std::string name(data, static_cast<std::size_t>(ASN1_STRING_length(text)));
  // A zero within would make it look like another name.
  if (!name.empty() && name.find('\0') == std::string::npos) names.push_back(std::move(name));
}

}  // namespace

TlsServer::TlsServer(Files files) : files_(std::move(files)), stamp_(stamp()), context_(read_files(files_)) {}

TlsServer::Context TlsServer::context() const {
  const std::scoped_lock held(lock_);
  return context_;
}

// Of the files as they are; a link that leads to another one is a change, too.
TlsServer::Stamp TlsServer::stamp() const {
  Stamp all;
  for (const std::string* file : {&files_.certificate, &files_.key, &files_.client_ca}) {
    struct stat found {};
    if (file->empty() || ::stat(file->c_str(), &found) != 0) continue;
    all.insert(all.end(), {static_cast<std::int64_t>(found.st_ino), found.st_size, found.st_mtim.tv_sec,
                           found.st_mtim.tv_nsec});
  }
  return all;
}

boost::intrusive_ptr<TlsConnection> TlsServer::wrap(Connection::Socket socket) const {
  const Context held = context();
  boost::intrusive_ptr<TlsConnection> connection(new TlsConnection(std::move(socket), held.get()));
  SSL_set_accept_state(connection->engine());
  return connection;
}

bool TlsServer::renew() {
  Stamp found = stamp();
  if (found == stamp_) return false;
  stamp_ = std::move(found);
  Context made = read_files(files_);
  const std::scoped_lock held(lock_);
  context_ = std::move(made);
  return true;
}

std::int64_t TlsServer::expires() const {
  const Context held = context();
  std::tm end{};
  if (ASN1_TIME_to_tm(X509_get0_notAfter(SSL_CTX_get0_certificate(held.get())), &end) != 1) return 0;
  return ::timegm(&end);
}

std::vector<std::string> names_of_peer(const TlsConnection& connection) {
  std::vector<std::string> names;
  const Certificate shown(SSL_get1_peer_certificate(connection.engine()));
  if (!shown || SSL_get_verify_result(connection.engine()) != X509_V_OK) return names;
  const AlternativeNames others(
      static_cast<GENERAL_NAMES*>(X509_get_ext_d2i(shown.get(), NID_subject_alt_name, nullptr, nullptr)));
  for (int i = 0; others && i < sk_GENERAL_NAME_num(others.get()); ++i) {
    const GENERAL_NAME* name = sk_GENERAL_NAME_value(others.get(), i);
    if (name->type == GEN_DNS || name->type == GEN_URI || name->type == GEN_EMAIL)
      add_text(name->d.ia5, names);
  }
  if (!names.empty()) return names;
  X509_NAME* subject = X509_get_subject_name(shown.get());
  const int at = X509_NAME_get_index_by_NID(subject, NID_commonName, -1);
  if (at >= 0) add_text(X509_NAME_ENTRY_get_data(X509_NAME_get_entry(subject, at)), names);
  return names;
}

bool speaks_http2(const TlsConnection& connection) {
  const unsigned char* agreed = nullptr;
  unsigned int size = 0;
  SSL_get0_alpn_selected(connection.engine(), &agreed, &size);
  return std::string_view(reinterpret_cast<const char*>(agreed), size) == http2;
}

}  // namespace providers
