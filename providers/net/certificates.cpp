#include "providers/net/certificates.hpp"

#include <openssl/x509.h>

#include <boost/asio/ssl/context.hpp>

namespace providers {

namespace ssl = boost::asio::ssl;

std::optional<std::string> fault_in_certificates(const std::string& file) {
  ssl::context context(ssl::context::tls_client);
  boost::system::error_code error;
  context.load_verify_file(file, error);
  return error ? std::optional(error.message()) : std::nullopt;
}

std::optional<CertificateFault> fault_in(const config::ClientCertificate& shown) {
  ssl::context context(ssl::context::tls_client);
  context.set_password_callback([](std::size_t, auto) { return std::string(); });  // nobody is asked
  boost::system::error_code error;
  context.use_certificate_chain_file(shown.certificate, error);
  if (error) return CertificateFault{"certificate", error.message()};
  context.use_private_key_file(shown.key, ssl::context::pem, error);
  if (!error) return std::nullopt;
  const bool is_of_another =
      ERR_GET_REASON(static_cast<unsigned long>(error.value())) == X509_R_KEY_VALUES_MISMATCH;
  return CertificateFault{"key", is_of_another
                                     ? "it is not the key of the certificate in `" + shown.certificate + "`"
                                     : error.message()};
}

}  // namespace providers
