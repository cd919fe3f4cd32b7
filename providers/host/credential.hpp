// How a host is told who asks. Pure.
#pragma once

#include <string>

#include "config/values/settings.hpp"

namespace providers {

// The header field and its value; both empty where no credential is sent.
struct Credential {
  std::string field;
  std::string value;
};

// For a request in `format`: in the field that the settings name, else as the provider's dialect has it.
Credential credential_for(const config::ProviderSettings& settings, const config::Secret& key,
                          config::Format format);

}  // namespace providers
