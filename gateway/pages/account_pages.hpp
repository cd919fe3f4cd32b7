// What keys, money and past requests look like in OpenRouter's APIs. Pure.
#pragma once

#include <boost/json/fwd.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "gateway/keys/stored_key.hpp"
#include "gateway/ledger/ledger_store.hpp"

namespace gateway {

// What a key has spent so far, in nano-dollars: since midnight, Monday and the first (UTC), and ever.
struct KeyUsage {
  std::int64_t day = 0, week = 0, month = 0, total = 0;
};
KeyUsage usage_of(LedgerStore& file, std::string_view key, config::WallTime now);

// GET /api/v1/key: `key` is the one that asks, null where none is asked for.
std::string own_key_page(const config::KeySettings* key, const KeyUsage& usage);
// GET /api/v1/generation
std::string generation_page(const Entry& entry, std::string_view id);
// GET /api/v1/activity
std::string activity_page(const std::vector<LedgerStore::SpendRow>& rows);
// GET /api/v1/credits
std::string credits_page(const config::Quota& quota, std::int64_t used);

// Of /api/v1/keys.
boost::json::object provisioned_key(const boost::json::object& key, const KeyUsage& usage);
// What OpenRouter's clients say of a key, in the words of ours; nothing, and why, where it cannot be said.
std::optional<boost::json::object> key_of_openrouter(const boost::json::object& said, std::string& why);

// Those of a list that are managed there and were not revoked, the newest first, a hundred at a time from
// `offset` on; none of those that are disabled where `include_disabled` is false. Nothing where `offset` is
// no number.
std::optional<boost::json::array> page_of_keys(const boost::json::array& keys, std::string_view query);

}  // namespace gateway
