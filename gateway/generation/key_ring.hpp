// Who may ask: finds the client key that a request presents. Immutable; shared by all threads.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "config/values/settings.hpp"
#include "routing/terms/catalogue.hpp"

namespace gateway {

class KeyRing {
 public:
  // `settings` must outlive the ring.
  explicit KeyRing(const config::Settings& settings);

  // With no key configured, nobody is asked for one.
  bool open_to_all() const { return keys_.empty() && certificates_.empty(); }
  // The key whose hash is that of `presented`; null when there is none.
  const config::KeySettings* find(std::string_view presented) const;
  // The first key that is known by one of these names of a client's certificate; null when there is none.
  const config::KeySettings* find_certificate(const std::vector<std::string>& names) const;

 private:
  // A SHA-256 is its own hash value: any eight bytes of it.
  struct FirstBytes {
    std::size_t operator()(const config::KeyHash& hash) const;
  };
  std::unordered_map<config::KeyHash, const config::KeySettings*, FirstBytes> keys_;
  std::unordered_map<std::string_view, const config::KeySettings*> certificates_;
};

// Null, where nobody is asked for a key, may use every model.
bool may_use(const config::KeySettings* key, const routing::PublicModel& model);

// Remembers the key that a connection presented last, since clients present the same one in each request, and
// hashing it again would cost more than all of the look-up. Belongs to one connection.
class KeptKey {
 public:
  // The connection's client has shown a certificate of these names: whoever presents no key is known by it.
  void shown(std::vector<std::string> names) { certificate_ = std::move(names); }
  // As keys.find(presented). `keys` must be of a generation that `generation` names.
  const config::KeySettings* find(const KeyRing& keys, std::uint64_t generation,
                                  const std::string& presented);

 private:
  std::vector<std::string> certificate_;
  std::string presented_;
  std::uint64_t generation_ = 0;
  const config::KeySettings* key_ = nullptr;
};

}  // namespace gateway
