// How one host is told who asks, where that is not the same for every request: several keys, signatures,
// access tokens. Shared by all loops; thread-safe.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "config/values/settings.hpp"
#include "providers/credentials/key_health.hpp"
#include "providers/credentials/token.hpp"
#include "providers/host/credential.hpp"

namespace providers {

class Access {
 public:
  enum class Kind { keys, signatures, token };

  // Null where the head says it, the same for every request.
  static std::shared_ptr<Access> of(const config::ProviderSettings& settings);
  explicit Access(const config::ProviderSettings& settings);

  Kind kind() const { return kind_; }
  // Whether what says who asks is fetched first: a token, or keys to sign with.
  bool fetches() const;
  const config::ProviderSettings& settings() const { return settings_; }
  // As the key is sent, for a request in `format`.
  Credential key(std::size_t index, config::Format format) const;

  KeyHealth keys;
  SharedToken token;  // or keys, as with_keys() takes them

 private:
  const config::ProviderSettings settings_;
  const Kind kind_;
};

// Whether requests bring fields of their own that say who asks.
bool has_access(const config::ProviderSettings& settings);

}  // namespace providers
