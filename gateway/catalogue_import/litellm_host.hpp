// Where a deployment of a LiteLLM proxy is, as a configuration says it. Pure.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "gateway/catalogue_import/litellm_proxy.hpp"

namespace gateway {

using Variable = std::function<std::optional<std::string>(const std::string& name)>;

struct LitellmHost {
  std::string name{};       // that a provider would have: "azure-my-resource"
  std::string list_name{};  // of it in lists of prices
  std::string base_url{};   // empty: it cannot be carried over, and `why` says so
  std::string why{};
  std::string credential{};  // "${NAME}", or empty
  std::string dialect{};     // empty: OpenAI's
  std::string host_model{};
  std::vector<std::string> lines{};   // of the provider beside these: "api_version: 2024-10-21"
  std::vector<std::string> speaks{};  // of the endpoint; empty: the provider's
  std::vector<std::string> notes{};
  bool is_own = false;  // a machine of theirs, which bills nothing by the token
};

// `variable` gives the addresses that stand in variables; keys are never looked up.
LitellmHost litellm_host(const LitellmDeployment& deployment, const Variable& variable);

// Small letters, digits, dots and hyphens: what a name may be.
std::string plain_name(std::string_view text);

}  // namespace gateway
