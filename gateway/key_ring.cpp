#include "gateway/key_ring.hpp"

#include <openssl/crypto.h>
#include <openssl/sha.h>

#include <cstring>

namespace gateway {

std::size_t KeyRing::FirstBytes::operator()(const config::KeyHash& hash) const {
  std::size_t first = 0;
  std::memcpy(&first, hash.data(), sizeof first);
  return first;
}

KeyRing::KeyRing(const config::Settings& settings) {
  for (const config::KeySettings& key : settings.keys) keys_.emplace(key.sha256, &key);
}

const config::KeySettings* KeyRing::find(std::string_view presented) const {
  config::KeyHash hash;
  SHA256(reinterpret_cast<const unsigned char*>(presented.data()), presented.size(), hash.data());
  const auto found = keys_.find(hash);
  if (found == keys_.end()) return nullptr;
  // The look-up compared with early exits, on a hash that nobody can choose; this one decides.
  if (CRYPTO_memcmp(found->first.data(), hash.data(), hash.size()) != 0) return nullptr;
  return found->second;
}

std::string_view presented_key(std::string_view authorization, std::string_view x_api_key) {
  constexpr std::string_view scheme = "bearer ";
  if (authorization.size() > scheme.size()) {
    bool is_bearer = true;
    for (std::size_t i = 0; i < scheme.size(); ++i) is_bearer &= (authorization[i] | 0x20) == scheme[i];
    if (is_bearer) {
      std::string_view token = authorization.substr(scheme.size());
      while (!token.empty() && token.front() == ' ') token.remove_prefix(1);
      return token;
    }
  }
  return x_api_key;
}

}  // namespace gateway
