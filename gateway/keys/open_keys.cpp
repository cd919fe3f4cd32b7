#include "gateway/keys/open_keys.hpp"

#include "gateway/keys/key_store.hpp"
#include "gateway/keys/postgres_keys.hpp"

namespace gateway {

std::unique_ptr<KeyTable> open_keys(const LedgerPlace& place) {
  if (!place.is_shared()) return keys_in_file(KeyStore::file_in(place.directory));
  return keys_in_postgres({.url = place.settings.url, .password = place.settings.password});
}

}  // namespace gateway
