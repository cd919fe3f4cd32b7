#include "providers/host/credential.hpp"

namespace providers {
namespace {

// Where the provider's dialect has it; empty: as a Bearer token.
std::string_view field_of(config::Dialect dialect, config::Format format) {
  switch (dialect) {
    case config::Dialect::anthropic:
      // Servers of others that speak Messages beside OpenAI's APIs have one way for all.
      return format == config::Format::messages ? "x-api-key" : "";
    case config::Dialect::google:
      // Google's OpenAI-compatible door takes the same key as a token.
      return format == config::Format::gemini ? "x-goog-api-key" : "";
    case config::Dialect::azure:
      return format == config::Format::messages ? "x-api-key" : "api-key";
    case config::Dialect::openai:
    case config::Dialect::bedrock:
      break;
  }
  return "";
}

}  // namespace

Credential credential_for(const config::ProviderSettings& settings, const config::Secret& key,
                          config::Format format) {
  if (key.empty()) return {};
  std::string secret(key.reveal());
  if (!settings.credential_header.empty()) return {settings.credential_header, std::move(secret)};
  const std::string_view field = field_of(settings.dialect, format);
  if (!field.empty()) return {std::string(field), std::move(secret)};
  return {"Authorization", "Bearer " + secret};
}

}  // namespace providers
