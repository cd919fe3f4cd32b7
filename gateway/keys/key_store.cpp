#include "gateway/keys/key_store.hpp"

#include <algorithm>
#include <boost/json.hpp>

#include "gateway/keys/key_text.hpp"
#include "gateway/text/json_page.hpp"
#include "gateway/text/quoted.hpp"

namespace gateway {
namespace {

namespace json = boost::json;

constexpr std::int64_t application = 0x69736b73, version = 1;  // "isks"

// With the key itself, which is shown this once.
KeyAnswer shown(const StoredKey& key, const std::string& text, int status) {
  json::object object = key_object(key);
  if (!text.empty()) object["key"] = text;
  return {.status = status, .body = json_page(object), .has_changed = true};
}

std::string_view bytes_of(const config::KeyHash& hash) {
  return {reinterpret_cast<const char*>(hash.data()), hash.size()};
}

}  // namespace

KeyAnswer key_fault(int status, std::string_view code, const std::string& message) {
  json::object error{{"message", message},
                     {"type", status == 404 || status < 500 ? "invalid_request_error" : "server_error"},
                     {"param", nullptr},
                     {"code", code}};
  return {.status = status, .body = json_page(json::object{{"error", error}})};
}

KeyStore::KeyStore(const std::string& path) : database_(path, Database::Mode::write) {
  const std::int64_t kind = database_.number("PRAGMA application_id");
  const std::int64_t found = database_.number("PRAGMA user_version");
  if (kind != 0 && kind != application) throw std::runtime_error(path + " is no store of keys");
  if (found > version) {
    throw std::runtime_error(
        path + " was written by a newer isocost; start that one, or name another `state` directory");
  }
  database_.run("PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL");
  database_.run(
      "CREATE TABLE IF NOT EXISTS key(hash BLOB PRIMARY KEY, name BLOB NOT NULL UNIQUE, body BLOB NOT NULL) "
      "STRICT, WITHOUT ROWID");
  database_.run("PRAGMA application_id=" + std::to_string(application) +
                "; PRAGMA user_version=" + std::to_string(version));
}

std::vector<StoredKey> KeyStore::all() {
  std::vector<StoredKey> keys;
  Statement rows = database_.prepare("SELECT hash, body FROM key ORDER BY name");
  while (rows.step() == Statement::Step::row) {
    const std::string hash(rows.bytes(0));
    boost::system::error_code error;
    const json::value body = json::parse(rows.bytes(1), error);
    if (error || !body.is_object()) continue;
    StoredKey key = stored_key_of(body.get_object());
    std::copy_n(hash.begin(), std::min(hash.size(), key.settings.sha256.size()), key.settings.sha256.begin());
    keys.push_back(std::move(key));
  }
  return keys;
}

std::optional<StoredKey> KeyStore::find(std::string_view whom) {
  for (StoredKey& key : all()) {
    if (key.settings.name.text == whom || hex(key.settings.sha256) == whom) return std::move(key);
  }
  return std::nullopt;
}

// `before`: the hash that it had, where it is another one now.
void KeyStore::put(const StoredKey& key, const config::KeyHash* before) {
  const std::string body = json::serialize(key_object(key));
  database_.run("BEGIN IMMEDIATE");
  try {
    if (before) database_.prepare("DELETE FROM key WHERE hash=?").bind_bytes(1, bytes_of(*before)).run();
    database_
        .prepare(
            "INSERT INTO key(hash, name, body) VALUES(?,?,?) ON CONFLICT(hash) DO UPDATE SET "
            "name=excluded.name, body=excluded.body")
        .bind_bytes(1, bytes_of(key.settings.sha256))
        .bind_bytes(2, key.settings.name.text)
        .bind_bytes(3, body)
        .run();
    database_.run("COMMIT");
  } catch (...) {
    database_.run("ROLLBACK");
    throw;
  }
}

KeyAnswer KeyStore::create(const KeyCall& call, const std::vector<config::KeySettings>& configured,
                           std::int64_t now) {
  boost::system::error_code error;
  const json::value body = json::parse(call.body, error);
  if (error || !body.is_object()) return key_fault(400, "invalid_json", "The body is no JSON object.");
  StoredKey key;
  if (const auto fault = read_key(body.get_object(), key.settings)) {
    return key_fault(400, "invalid_value", "The key cannot be made: " + *fault + ".");
  }
  const std::string& name = key.settings.name.text;
  if (name.empty()) return key_fault(400, "missing_name", "The key cannot be made: it needs a `name`.");
  const bool is_configured = std::ranges::any_of(
      configured, [&](const config::KeySettings& each) { return !each.is_stored && each.name.text == name; });
  if (is_configured || find(name)) {
    return key_fault(409, "name_taken", "Another key is called " + quoted(name) + ".");
  }
  const std::string text = new_key();
  if (text.empty()) return key_fault(503, "no_randomness", "The system gives no randomness for a key.");
  key.settings.sha256 = hash_of_key(text);
  key.settings.is_stored = true;
  key.label = label_of_key(text);
  key.created = key.updated = now;
  put(key);
  return shown(key, text, 201);
}

KeyAnswer KeyStore::change(const KeyCall& call, StoredKey key, std::int64_t now) {
  if (key.is_revoked && call.what != KeyCall::What::erase) {
    return key_fault(409, "revoked",
                     "The key " + quoted(key.settings.name.text) + " was revoked, which is for good.");
  }
  std::string text;
  const config::KeyHash before = key.settings.sha256;
  if (call.what == KeyCall::What::rotate) {
    text = new_key();
    if (text.empty()) return key_fault(503, "no_randomness", "The system gives no randomness for a key.");
    key.settings.sha256 = hash_of_key(text);
    key.label = label_of_key(text);
  } else if (call.what == KeyCall::What::revoke || call.what == KeyCall::What::erase) {
    key.is_revoked = key.settings.is_disabled = true;
  } else {
    boost::system::error_code error;
    const json::value body = json::parse(call.body, error);
    if (error || !body.is_object()) return key_fault(400, "invalid_json", "The body is no JSON object.");
    const std::string name = key.settings.name.text;
    if (const auto fault = read_key(body.get_object(), key.settings)) {
      return key_fault(400, "invalid_value", "The key cannot be changed: " + *fault + ".");
    }
    if (key.settings.name.text != name) {
      return key_fault(400, "invalid_value", "A key keeps its name: what it spent stands under it.");
    }
  }
  key.updated = now;
  put(key, &before);
  return shown(key, text, 200);
}

KeyAnswer KeyStore::call(const KeyCall& call, const std::vector<config::KeySettings>& configured,
                         std::int64_t now) {
  if (call.what == KeyCall::What::create) return create(call, configured, now);
  if (call.what == KeyCall::What::list) {
    json::array keys;
    for (const config::KeySettings& each : configured) {
      if (!each.is_stored) keys.push_back(key_object(each));
    }
    for (const StoredKey& each : all()) keys.push_back(key_object(each));
    return {.body = json_page(json::object{{"data", keys}})};
  }
  std::optional<StoredKey> key = find(call.whom);
  if (!key) {
    for (const config::KeySettings& each : configured) {
      if (each.is_stored || (each.name.text != call.whom && hex(each.sha256) != call.whom)) continue;
      if (call.what == KeyCall::What::show) return {.body = json_page(key_object(each))};
      return key_fault(
          409, "configured",
          "The key " + quoted(call.whom) + " stands in the configuration, and is changed there.");
    }
    return key_fault(404, "key_not_found", "There is no key " + quoted(call.whom) + ".");
  }
  if (call.what == KeyCall::What::show) return {.body = json_page(key_object(*key))};
  return change(call, *std::move(key), now);
}

}  // namespace gateway
