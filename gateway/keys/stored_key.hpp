// A client key that was made by `isocost keys`, and what can be said about one, as JSON. Values.
#pragma once

#include <boost/json/fwd.hpp>
#include <cstdint>
#include <optional>
#include <string>

#include "config/values/settings.hpp"

namespace gateway {

struct StoredKey {
  config::KeySettings settings;  // `is_stored`
  std::string label;             // what is shown of it
  std::int64_t created = 0;      // seconds since 1970
  std::int64_t updated = 0;
  bool is_revoked = false;  // for good
};

// Takes what `object` says of a key, and leaves the rest; what is wrong with it, in words, or nothing.
std::optional<std::string> read_key(const boost::json::object& object, config::KeySettings& key);

boost::json::object key_object(const StoredKey& key);
// Of one in the configuration, too.
boost::json::object key_object(const config::KeySettings& key);
// For the file: what key_object() gives, read back.
StoredKey stored_key_of(const boost::json::object& object);

}  // namespace gateway
