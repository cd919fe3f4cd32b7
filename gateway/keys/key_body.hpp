// What tables of keys hold of one: its hash, and the rest as JSON. Pure.
#pragma once

#include <algorithm>
#include <boost/json.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "gateway/keys/stored_key.hpp"

namespace gateway {

inline std::string_view bytes_of(const config::KeyHash& hash) {
  return {reinterpret_cast<const char*>(hash.data()), hash.size()};
}

inline std::string key_body(const StoredKey& key) {
  return boost::json::serialize(key_object(key));
}

// One that cannot be read is left out.
inline void add_key(std::string_view hash, std::string_view body, std::vector<StoredKey>& keys) {
  boost::system::error_code error;
  const boost::json::value said = boost::json::parse(body, error);
  if (error || !said.is_object()) return;
  StoredKey key = stored_key_of(said.get_object());
  auto& sha256 = key.settings.sha256;
  std::copy_n(hash.begin(), std::min(hash.size(), sha256.size()), sha256.begin());
  keys.push_back(std::move(key));
}

}  // namespace gateway
