// Policies that somebody writes, before they are anybody's: what is wrong with them, and what recorded
// requests would have been under one. Blocks; for a thread that may.
#pragma once

#include <optional>
#include <string>

#include "config/values/settings.hpp"

namespace gateway {

// `yaml` is what the sections `policies`, `rules` and `default_policy` of a configuration would say,
// `settings` all the rest. The problems with their places in it, and the names of its policies, as JSON.
std::string policy_check(const config::Settings& settings, const std::string& yaml);

struct PolicyTrial {
  int status = 200;
  std::string text;  // JSON, or why not, as a sentence
};
// Of the newest recorded requests.
PolicyTrial policy_trial(const config::Settings& settings, const std::string& yaml, const std::string& policy,
                         const std::string& records);

}  // namespace gateway
