// Log-ins of the console: a token that stands for a key with a role, for some hours, in a cookie that no
// script can read. Nothing is kept of them; a key that is gone or changed takes its tokens along, and so does
// a restart. Immutable; may be used by every thread.
#pragma once

#include <array>
#include <chrono>
#include <string>
#include <string_view>

#include "config/values/settings.hpp"

namespace gateway {

class Logins {
 public:
  static constexpr std::chrono::hours lifetime{12};

  // With a secret of its own.
  Logins();

  // "name.expiry.mac", where the name and the mac are hexadecimal.
  std::string token_for(const config::KeySettings& key, config::WallTime now) const;
  // The key of `keys` that the token stands for; null where there is none, or it is too old.
  const config::KeySettings* find(const std::vector<config::KeySettings>& keys, std::string_view token,
                                  config::WallTime now) const;

  // The Set-Cookie field; an empty token ends a log-in. `origin` is that of the page that logs in, as the
  // browser says it: what came over TLS, here or at a proxy, is sent back over TLS alone.
  static std::string cookie(std::string_view token, std::string_view origin);
  static constexpr std::string_view cookie_name = "isocost_login";

 private:
  std::string mac(const config::KeySettings& key, std::string_view expiry) const;

  std::array<unsigned char, 32> secret_{};
};

// The token in the Cookie fields of a request; empty without one.
std::string_view login_in(std::string_view cookies);

}  // namespace gateway
