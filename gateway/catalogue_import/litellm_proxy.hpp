// The configuration of a LiteLLM proxy (config.yaml), as far as anything here corresponds to it. What does
// not is named, never shown: it may be a key. Values.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "config/yaml/tree.hpp"

namespace gateway {

// One entry of `model_list`.
struct LitellmDeployment {
  std::string group;       // `model_name`, which clients ask for
  std::string kind;        // "azure" of `model: azure/my-gpt`; "openai" of a bare `gpt-5`
  std::string host_model;  // what is left of `model`
  std::map<std::string, std::string, std::less<>> params;  // texts of `litellm_params`
  std::map<std::string, std::string, std::less<>> info;    // texts of `model_info`
  std::vector<std::string> not_carried;                    // names of what is no text, and so not among them

  // Of either; empty where it is not there.
  std::string_view param(std::string_view name) const;
  std::string_view fact(std::string_view name) const;
};

struct LitellmProxy {
  std::vector<LitellmDeployment> deployments;
  std::map<std::string, std::vector<std::string>> fallbacks;  // of all three kinds, in their order
  std::vector<std::string> default_fallbacks;
  std::map<std::string, std::string> aliases;                 // another name for a group
  std::map<std::string, std::string, std::less<>> variables;  // that it sets itself; keys among them
  std::string master_key;                                     // a text, or "os.environ/NAME"; empty: none
  std::string strategy;
  std::string retries;             // further attempts
  std::string timeout;             // seconds
  std::vector<std::string> notes;  // what is not carried over, and why
};

LitellmProxy litellm_proxy(const config::Tree& root);

// "NAME" of "os.environ/NAME"; empty where it is none.
std::string_view variable_named(std::string_view text);

}  // namespace gateway
