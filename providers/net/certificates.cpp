#include "providers/net/certificates.hpp"

#include <boost/asio/ssl/context.hpp>

namespace providers {

std::optional<std::string> fault_in_certificates(const std::string& file) {
  boost::asio::ssl::context context(boost::asio::ssl::context::tls_client);
  boost::system::error_code error;
  context.load_verify_file(file, error);
  return error ? std::optional(error.message()) : std::nullopt;
}

}  // namespace providers
