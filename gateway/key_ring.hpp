// Who may ask: finds the client key that a request presents. Immutable; shared by all threads.
#pragma once

#include <string_view>
#include <unordered_map>

#include "config/settings.hpp"

namespace gateway {

class KeyRing {
 public:
  // `settings` must outlive the ring.
  explicit KeyRing(const config::Settings& settings);

  // With no key configured, nobody is asked for one.
  bool open_to_all() const { return keys_.empty(); }
  // The key whose hash is that of `presented`; null when there is none.
  const config::KeySettings* find(std::string_view presented) const;

 private:
  // A SHA-256 is its own hash value: any eight bytes of it.
  struct FirstBytes {
    std::size_t operator()(const config::KeyHash& hash) const;
  };
  std::unordered_map<config::KeyHash, const config::KeySettings*, FirstBytes> keys_;
};

// What the request presents: the Bearer token of `authorization`, else `x_api_key`; empty for none.
std::string_view presented_key(std::string_view authorization, std::string_view x_api_key);

}  // namespace gateway
