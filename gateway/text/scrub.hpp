// Takes secrets and addresses out of text that hosts wrote before it is shown or logged.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "config/values/settings.hpp"

namespace gateway {

inline constexpr std::size_t max_scrubbed = 8 * 1024;

// What of a configuration nobody outside may see. Views into the settings, which must stay.
struct HostSecrets {
  HostSecrets() = default;
  explicit HostSecrets(const config::Settings& settings);

  std::vector<const config::Secret*> credentials;
  std::vector<std::string_view> hosts;
};

// At most 8 KiB of `text`, cut between characters, with every configured secret and everything that looks
// like a key replaced by "[redacted]", URLs, host names and IP addresses by "[address]", and control
// characters by spaces. Always valid UTF-8.
std::string scrubbed(std::string_view text, const HostSecrets& secrets);

// All of a text of ours that repeats what a client said, with what looks like a key replaced. Names of models
// that look like addresses, such as `z.ai/glm` and `claude@20250514`, stay.
std::string without_keys(std::string_view text);

}  // namespace gateway
