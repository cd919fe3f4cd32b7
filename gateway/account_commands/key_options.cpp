#include "gateway/account_commands/key_options.hpp"

#include <boost/json.hpp>
#include <string_view>
#include <utility>

#include "gateway/keys/quota_words.hpp"

namespace gateway {

namespace json = boost::json;

KeyBody body_of(const KeysOptions& options) {
  json::object body;
  constexpr std::string_view nothing = "none";  // takes away what was said
  const auto put = [&](const char* name, const std::optional<std::string>& value) {
    if (value) body[name] = *value == nothing ? json::value(nullptr) : json::value(*value);
  };
  const auto put_list = [&](const char* name, const std::vector<std::string>& values) {
    if (values.empty()) return;
    const bool is_nothing = values.size() == 1 && values[0] == nothing;
    body[name] = is_nothing ? json::value(nullptr) : json::value(json::array(values.begin(), values.end()));
  };
  put("team", options.team);
  if (options.role) body["role"] = *options.role;
  if (options.is_disabled) body["disabled"] = *options.is_disabled;
  put("priority", options.priority);
  put("policy", options.policy);
  put("expires", options.expires);
  put_list("models", options.models);
  put_list("policies", options.policies);
  put_list("tags", options.tags);
  for (const auto& [member, limits] :
       {std::pair("quota", &options.limits), std::pair("user_quota", &options.user_limits)}) {
    json::object quota;
    for (const std::string& each : *limits) {
      config::Quota read;
      if (const auto fault = read_limit(each, read)) return {.fault = *fault};
      const std::size_t equals = each.find('='), slash = each.find('/');
      const std::string value = each.substr(equals + 1);
      const json::value limit = value == nothing ? json::value(nullptr) : json::value(std::stod(value));
      if (slash == std::string::npos || slash > equals) {
        quota[each.substr(0, equals)] = limit;
      } else {
        json::value& windows = quota[each.substr(0, slash)];
        if (!windows.is_object()) windows = json::object();
        windows.as_object()[each.substr(slash + 1, equals - slash - 1)] = limit;
      }
    }
    if (!quota.empty()) body[member] = quota;
  }
  return {.text = json::serialize(body)};
}

}  // namespace gateway
