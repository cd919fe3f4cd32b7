#include "providers/dialect/host_facts.hpp"

#include <string_view>

namespace providers {

bool takes_max_tokens(const config::ProviderSettings& host) {
  return host.base_url.host != "api.openai.com" && host.dialect != config::Dialect::azure;
}

bool thinks_in_levels(const config::ProviderSettings& host) {
  const std::string_view name = host.base_url.host;
  return name == "deepseek.com" || name.ends_with(".deepseek.com");
}

bool refuses_unknown_members(const config::ProviderSettings& host) {
  const std::string_view name = host.base_url.host;
  return name == "api.groq.com" || name == "api.mistral.ai" || name == "api.cerebras.ai" ||
         name == "generativelanguage.googleapis.com" || name == "opencode.ai";
}

bool knows_inference_geo(const config::ProviderSettings& host) {
  return host.base_url.host == "api.anthropic.com";
}

bool counts_bounds(const config::ProviderSettings& host) {
  return host.dialect != config::Dialect::anthropic;
}

}  // namespace providers
