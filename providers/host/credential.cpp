#include "providers/host/credential.hpp"

namespace providers {

Credential credential_for(const config::ProviderSettings& settings, config::Format format) {
  if (settings.credential.empty()) return {};
  const std::string secret(settings.credential.reveal());
  if (!settings.credential_header.empty()) return {settings.credential_header, secret};
  // Servers of others that speak Messages beside OpenAI's APIs have one way for all.
  const bool is_anthropics =
      settings.dialect == config::Dialect::anthropic && format == config::Format::messages;
  if (is_anthropics) return {"x-api-key", secret};
  return {"Authorization", "Bearer " + secret};
}

}  // namespace providers
