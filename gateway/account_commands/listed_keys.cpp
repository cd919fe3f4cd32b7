#include "gateway/account_commands/listed_keys.hpp"

#include <boost/json.hpp>
#include <chrono>
#include <cstdint>

#include "config/values/timestamp.hpp"
#include "gateway/text/json_page.hpp"

namespace gateway {

namespace json = boost::json;

std::string said_of(const json::object& key, std::string_view name) {
  const json::value* value = key.if_contains(name);
  if (!value || value->is_null()) return "";
  if (value->is_string()) return std::string(value->get_string());
  return json::serialize(*value);
}

namespace {

// "dollars/day=10 concurrent=4"
std::string limits_text(const json::object& key, std::string_view member) {
  std::string text;
  const json::value* quota = key.if_contains(member);
  if (!quota || !quota->is_object()) return text;
  const auto add = [&](const std::string& each) { text += (text.empty() ? "" : " ") + each; };
  for (const auto& [measure, limit] : quota->get_object()) {
    if (!limit.is_object()) {
      add(std::string(measure) + "=" + json::serialize(limit));
      continue;
    }
    for (const auto& [period, most] : limit.get_object()) {
      add(std::string(measure) + "/" + std::string(period) + "=" + json_page(most));
    }
  }
  std::erase(text, '\n');
  return text;
}

std::string limits_text(const json::object& key) {
  const std::string of_users = limits_text(key, "user_quota");
  std::string text = limits_text(key, "quota");
  if (!of_users.empty()) text += (text.empty() ? "each user: " : "; each user: ") + of_users;
  return text;
}

std::string state_text(const json::object& key, config::WallTime now) {
  if (said_of(key, "revoked") == "true") return "revoked";
  if (said_of(key, "disabled") == "true") return "disabled";
  const json::value* expires = key.if_contains("expires");
  if (!expires || !expires->is_int64()) return "in use";
  const std::int64_t end = expires->get_int64();
  if (end <= std::chrono::system_clock::to_time_t(now)) return "expired";
  return "until " + config::day_text(std::chrono::sys_seconds(std::chrono::seconds(end)));
}

}  // namespace

ListedKeys listed_keys(const json::array& keys, config::WallTime now) {
  ListedKeys table;
  for (const json::value& each : keys) {
    const json::object& key = each.as_object();
    const std::string label =
        said_of(key, "stored") == "true" ? said_of(key, "label") : "(in the configuration)";
    table.rows.push_back({{said_of(key, "name")},
                          {label},
                          {said_of(key, "team")},
                          {said_of(key, "role")},
                          {state_text(key, now)},
                          {limits_text(key)}});
  }
  table.columns = {{"name", Align::left},    {"key", Align::left, 2}, {"team", Align::left, 1},
                   {"role", Align::left, 3}, {"state", Align::left},  {"limits", Align::left}};
  return table;
}

}  // namespace gateway
