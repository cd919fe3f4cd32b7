#include "gateway/keys/key_store.hpp"

#include <algorithm>
#include <boost/json.hpp>

#include "gateway/keys/key_text.hpp"
#include "gateway/text/in_quotes.hpp"
#include "gateway/text/json_page.hpp"
#include "gateway/text/told_object.hpp"

namespace gateway {
namespace {

namespace json = boost::json;

// With the key itself, which is shown this once.
KeyAnswer shown(const StoredKey& key, const std::string& text, int status) {
  json::object object = key_object(key);
  if (!text.empty()) object["key"] = text;
  return {.status = status, .body = json_page(object), .has_changed = true};
}

}  // namespace

KeyAnswer key_fault(int status, std::string_view code, const std::string& message) {
  json::object error{{"message", message},
                     {"type", status == 404 || status < 500 ? "invalid_request_error" : "server_error"},
                     {"param", nullptr},
                     {"code", code}};
  return {.status = status, .body = json_page(json::object{{"error", error}})};
}

std::optional<StoredKey> KeyStore::find(std::string_view whom) {
  for (StoredKey& key : all()) {
    if (key.settings.name.text == whom || hex(key.settings.sha256) == whom) return std::move(key);
  }
  return std::nullopt;
}

KeyAnswer KeyStore::create(const KeyCall& call, const std::vector<config::KeySettings>& configured,
                           std::int64_t now) {
  const auto body = told_object(call.body);
  if (const auto* no = std::get_if<NotTold>(&body)) return key_fault(400, no->code, no->text);
  StoredKey key;
  if (const auto fault = read_key(std::get<json::object>(body), key.settings)) {
    return key_fault(400, "invalid_value", "The key cannot be made: " + *fault + ".");
  }
  const std::string& name = key.settings.name.text;
  if (name.empty()) return key_fault(400, "missing_name", "The key cannot be made: it needs a `name`.");
  if (key.settings.expires && *key.settings.expires <= now) {
    return key_fault(400, "invalid_value", "The key cannot be made: the day when it `expires` is over.");
  }
  const bool is_configured = std::ranges::any_of(
      configured, [&](const config::KeySettings& each) { return !each.is_stored && each.name.text == name; });
  const auto taken = [&] {
    return key_fault(409, "name_taken", "Another key is called " + in_quotes(name) + ".");
  };
  if (is_configured || find(name)) return taken();
  const std::string text = new_key();
  if (text.empty()) return key_fault(503, "no_randomness", "The system gives no randomness for a key.");
  key.settings.sha256 = hash_of_key(text);
  key.settings.is_stored = true;
  key.label = label_of_key(text);
  key.created = key.updated = now;
  if (!table_->put(key, nullptr)) return taken();
  return shown(key, text, 201);
}

KeyAnswer KeyStore::change(const KeyCall& call, StoredKey key, std::int64_t now) {
  if (key.is_revoked && call.what != KeyCall::What::erase) {
    return key_fault(409, "revoked",
                     "The key " + in_quotes(key.settings.name.text) + " was revoked, which is for good.");
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
    const auto body = told_object(call.body);
    if (const auto* no = std::get_if<NotTold>(&body)) return key_fault(400, no->code, no->text);
    const std::string name = key.settings.name.text;
    if (const auto fault = read_key(std::get<json::object>(body), key.settings)) {
      return key_fault(400, "invalid_value", "The key cannot be changed: " + *fault + ".");
    }
    if (key.settings.name.text != name) {
      return key_fault(400, "invalid_value", "A key keeps its name: what it spent stands under it.");
    }
  }
  key.updated = now;
  (void)table_->put(key, &before);
  return shown(key, text, 200);
}

KeyAnswer KeyStore::call(const KeyCall& call, const std::vector<config::KeySettings>& configured,
                         std::int64_t now) {
  if (call.what == KeyCall::What::list || call.what == KeyCall::What::show)
    return call_alone(call, configured, now);
  KeyAnswer answer;
  table_->alone([&] { answer = call_alone(call, configured, now); });
  return answer;
}

KeyAnswer KeyStore::call_alone(const KeyCall& call, const std::vector<config::KeySettings>& configured,
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
          "The key " + in_quotes(call.whom) + " stands in the configuration, and is changed there.");
    }
    return key_fault(404, "key_not_found", "There is no key " + in_quotes(call.whom) + ".");
  }
  if (call.what == KeyCall::What::show) return {.body = json_page(key_object(*key))};
  return change(call, *std::move(key), now);
}

}  // namespace gateway
