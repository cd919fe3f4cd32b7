#include "gateway/generation/key_ring.hpp"

#include <openssl/crypto.h>
#include <openssl/sha.h>

#include <algorithm>
#include <cstring>

namespace gateway {

std::size_t KeyRing::FirstBytes::operator()(const config::KeyHash& hash) const {
  std::size_t first = 0;
  std::memcpy(&first, hash.data(), sizeof first);
  return first;
}

KeyRing::KeyRing(const config::Settings& settings) {
  for (const config::KeySettings& key : settings.keys) {
    if (key.sha256 != config::KeyHash{}) keys_.emplace(key.sha256, &key);
    if (!key.certificate.empty()) certificates_.emplace(key.certificate, &key);
  }
}

const config::KeySettings* KeyRing::find_certificate(const std::vector<std::string>& names) const {
  for (const std::string& name : names) {
    const auto found = certificates_.find(name);
    if (found != certificates_.end()) return found->second;
  }
  return nullptr;
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

bool may_use(const config::KeySettings* key, const routing::PublicModel& model) {
  return !key || key->models.empty() || std::ranges::find(key->models, model.name) != key->models.end();
}

const config::KeySettings* KeptKey::find(const KeyRing& keys, std::uint64_t generation,
                                         const std::string& presented) {
  const bool same = key_ && generation == generation_ && presented.size() == presented_.size() &&
                    CRYPTO_memcmp(presented.data(), presented_.data(), presented.size()) == 0;
  if (!same) {
    const bool is_by_certificate = presented.empty() && !certificate_.empty();
    key_ = is_by_certificate ? keys.find_certificate(certificate_) : keys.find(presented);
    presented_ = presented;
    generation_ = generation;
  }
  return key_;
}

}  // namespace gateway
