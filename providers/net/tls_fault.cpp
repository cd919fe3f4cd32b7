#include "providers/net/tls_fault.hpp"

#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509_vfy.h>

#include <boost/asio/ssl/error.hpp>

namespace providers {
namespace {

using routing::TlsFault;

TlsFault fault_of_certificate(long verdict) {
  switch (verdict) {
    case X509_V_ERR_CERT_HAS_EXPIRED:
      return TlsFault::expired;
    case X509_V_ERR_CERT_NOT_YET_VALID:
      return TlsFault::not_yet_valid;
    case X509_V_ERR_HOSTNAME_MISMATCH:
    case X509_V_ERR_IP_ADDRESS_MISMATCH:
      return TlsFault::wrong_name;
    case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT:
    case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY:
    case X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE:
    case X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT:
    case X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN:
    case X509_V_ERR_CERT_UNTRUSTED:
      return TlsFault::unknown_authority;
    default:
      return TlsFault::bad_certificate;
  }
}

// Alerts are what the host sent; the other reasons are ours.
TlsFault fault_of_reason(int reason, CertificateAsked asked) {
  switch (reason) {
    case SSL_R_WRONG_VERSION_NUMBER:
    case SSL_R_HTTP_REQUEST:
    case SSL_R_HTTPS_PROXY_REQUEST:
    case SSL_R_PACKET_LENGTH_TOO_LONG:
      return TlsFault::plaintext;
    case SSL_R_UNSUPPORTED_PROTOCOL:
    case SSL_R_WRONG_SSL_VERSION:
    case SSL_R_VERSION_TOO_LOW:
    case SSL_R_VERSION_TOO_HIGH:
    case SSL_R_NO_PROTOCOLS_AVAILABLE:
    case SSL_R_TLSV1_ALERT_PROTOCOL_VERSION:
      return TlsFault::protocol_version;
    case SSL_R_TLSV13_ALERT_CERTIFICATE_REQUIRED:
      return TlsFault::certificate_wanted;
    default:
      break;
  }
  // OpenSSL numbers the alerts it got from 1000 on. A host that asked for a certificate and got none mostly
  // says no more than that it does not like it.
  if (reason < SSL_AD_REASON_OFFSET) return TlsFault::unfinished;
  return asked == CertificateAsked::yes ? TlsFault::certificate_wanted : TlsFault::refused;
}

bool is_of_tls(boost::system::error_code error) {
  return error.category() == boost::asio::error::get_ssl_category();
}

int reason_of(boost::system::error_code error) {
  return ERR_GET_REASON(static_cast<unsigned long>(static_cast<unsigned int>(error.value())));
}

}  // namespace

TlsFault fault_of_handshake(boost::system::error_code error, SSL* ssl, CertificateAsked asked) {
  if (!is_of_tls(error)) return TlsFault::unfinished;
  const int reason = reason_of(error);
  if (reason == SSL_R_CERTIFICATE_VERIFY_FAILED) return fault_of_certificate(SSL_get_verify_result(ssl));
  return fault_of_reason(reason, asked);
}

TlsFault fault_of_alert(boost::system::error_code error, CertificateAsked asked) {
  if (!is_of_tls(error)) return TlsFault::none;
  const TlsFault fault = fault_of_reason(reason_of(error), asked);
  return fault == TlsFault::unfinished ? TlsFault::none : fault;
}

}  // namespace providers
