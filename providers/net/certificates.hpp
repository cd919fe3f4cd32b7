// Whether files of certificates can be used, before anything is made that needs them.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "config/values/access.hpp"

namespace providers {

// In the words of the library that would read it; nothing when there is no fault.
std::optional<std::string> fault_in_certificates(const std::string& file);

// Of what a host is shown: which of the two settings, and why.
struct CertificateFault {
  std::string_view setting;  // "certificate", "key"
  std::string why;
};
std::optional<CertificateFault> fault_in(const config::ClientCertificate& shown);

}  // namespace providers
