#include "gateway/keys/stored_key.hpp"

#include <algorithm>
#include <boost/json.hpp>
#include <chrono>

#include "config/values/counted_words.hpp"
#include "gateway/keys/key_text.hpp"
#include "gateway/keys/quota_words.hpp"

namespace gateway {
namespace {

namespace json = boost::json;

constexpr std::array<std::string_view, 4> role_names{"none", "viewer", "operator", "admin"};

bool is_word(const json::value& value, std::size_t longest) {
  if (!value.is_string() || value.get_string().size() > longest) return false;
  return std::ranges::none_of(value.get_string(), [](unsigned char c) { return c < ' ' || c == 0x7f; });
}

template <class Name>
std::optional<std::string> read_names(const json::value& value, std::string_view what,
                                      std::vector<Name>& names) {
  if (value.is_null()) return names.clear(), std::nullopt;
  const std::string wrong = "`" + std::string(what) + "` is a list of names";
  if (!value.is_array()) return wrong;
  names.clear();
  for (const json::value& each : value.get_array()) {
    if (!is_word(each, 200) || each.get_string().empty()) return wrong;
    names.push_back(Name{std::string(each.get_string())});
  }
  return std::nullopt;
}

// What stands behind ".000" of a second, as JavaScript writes every moment; all of it where no digits do.
std::string_view without_fraction(std::string_view text) {
  const std::size_t end = std::min(text.find_first_not_of("0123456789", 1), text.size());
  return end > 1 ? text.substr(end) : text;
}

// Seconds since 1970, or a date, or a date and a time as RFC 3339 has it in UTC.
std::optional<std::int64_t> moment_of(const json::value& value) {
  if (value.is_int64()) return value.get_int64();
  if (!value.is_string()) return std::nullopt;
  const std::string text(value.get_string());
  int year = 0, hour = 0, minute = 0, second = 0;
  unsigned month = 0, day = 0;
  int day_ends = 0, time_ends = 0;
  const int read = std::sscanf(text.c_str(), "%4d-%2u-%2u%nT%2d:%2d:%2d%n", &year, &month, &day, &day_ends,
                               &hour, &minute, &second, &time_ends);
  // Nothing but UTC behind it: what is not read would be another moment.
  std::string_view rest =
      std::string_view(text).substr(static_cast<std::size_t>(read == 6 ? time_ends : day_ends));
  if (read == 6 && rest.starts_with('.')) rest = without_fraction(rest);
  const bool is_whole =
      (read == 3 && rest.empty()) || (read == 6 && (rest.empty() || rest == "Z" || rest == "+00:00"));
  if (!is_whole) return std::nullopt;
  const std::chrono::year_month_day date{std::chrono::year(year), std::chrono::month(month),
                                         std::chrono::day(day)};
  if (!date.ok() || hour > 23 || minute > 59 || second > 60) return std::nullopt;
  const auto days = std::chrono::sys_days(date).time_since_epoch().count();
  return days * 86'400 + hour * 3'600 + minute * 60 + second;
}

// As a part of a path: by its name a key is shown, limited and revoked.
bool can_be_addressed(std::string_view name) {
  return !name.empty() && name != "." && name.find_first_of("/\\") == std::string_view::npos &&
         name.find("..") == std::string_view::npos;
}

std::optional<std::string> read_member(std::string_view name, const json::value& value,
                                       config::KeySettings& key) {
  if (name == "name") {
    if (!is_word(value, 64) || !can_be_addressed(value.get_string()))
      return "`name` has 1 to 64 printable characters, no `/`, `\\` or `..`";
    key.name = {std::string(value.get_string())};
  } else if (name == "team") {
    if (!value.is_null() && !is_word(value, 64)) return "`team` is the name of a team";
    key.team = value.is_null() ? std::string() : std::string(value.get_string());
  } else if (name == "role") {
    const auto role = value.is_string() ? index_in(role_names, value.get_string()) : std::nullopt;
    if (!role) return "`role` is one of none, viewer, operator and admin";
    key.role = static_cast<config::Role>(*role);
  } else if (name == "priority") {
    const auto priority =
        value.is_string() ? index_in(config::priority_names, value.get_string()) : std::nullopt;
    if (!priority && !value.is_null()) return "`priority` is one of interactive, normal and batch, or null";
    key.priority = priority ? std::optional(static_cast<config::Priority>(*priority)) : std::nullopt;
  } else if (name == "models") {
    return read_names(value, name, key.models);
  } else if (name == "policies") {
    return read_names(value, name, key.policies);
  } else if (name == "tags") {
    return read_names(value, name, key.tags);
  } else if (name == "policy") {
    if (!value.is_null() && !is_word(value, 64)) return "`policy` is the name of a policy";
    key.policy =
        value.is_null() ? std::nullopt : std::optional(config::PolicyName{std::string(value.get_string())});
  } else if (name == "quota") {
    return read_quota(value, key.quota);
  } else if (name == "user_quota") {
    return read_quota(value, key.user_quota);
  } else if (name == "disabled") {
    if (!value.is_bool()) return "`disabled` is true or false";
    key.is_disabled = value.get_bool();
  } else if (name == "expires" || name == "expires_at") {
    if (value.is_null()) return key.expires.reset(), std::nullopt;
    const auto moment = moment_of(value);
    if (!moment) return "`" + std::string(name) + "` is a day such as 2027-01-31, or a moment in UTC";
    key.expires = *moment;
  } else {
    return "a key has no `" + std::string(name) + "`";
  }
  return std::nullopt;
}

template <class Names>
json::array texts(const Names& names) {
  json::array array;
  for (const auto& each : names) {
    if constexpr (requires { each.text; }) {
      array.emplace_back(each.text);
    } else {
      array.emplace_back(each);
    }
  }
  return array;
}

}  // namespace

std::optional<std::string> read_key(const json::object& object, config::KeySettings& key) {
  for (const auto& [name, value] : object) {
    if (auto fault = read_member(std::string_view(name.data(), name.size()), value, key)) return fault;
    if (name != "tags") continue;
    if (key.tags.size() > config::most_tags)
      return "a key has at most " + std::to_string(config::most_tags) + " `tags`";
    if (std::ranges::any_of(key.tags,
                            [](const std::string& tag) { return tag.size() > config::longest_tag; }))
      return "a tag has at most " + std::to_string(config::longest_tag) + " bytes";
  }
  return std::nullopt;
}

json::object key_object(const config::KeySettings& key) {
  json::object object;
  object["name"] = key.name.text;
  object["hash"] = hex(key.sha256);
  object["team"] = key.team.empty() ? json::value(nullptr) : json::value(key.team);
  object["role"] = role_names[static_cast<std::size_t>(key.role)];
  object["models"] = texts(key.models);
  object["policies"] = texts(key.policies);
  object["policy"] = key.policy ? json::value(key.policy->text) : json::value(nullptr);
  object["priority"] = key.priority
                           ? json::value(config::priority_names[static_cast<std::size_t>(*key.priority)])
                           : json::value(nullptr);
  object["tags"] = texts(key.tags);
  object["quota"] = quota_object(key.quota);
  object["user_quota"] = quota_object(key.user_quota);
  object["expires"] = key.expires ? json::value(*key.expires) : json::value(nullptr);
  object["disabled"] = key.is_disabled;
  object["stored"] = key.is_stored;
  return object;
}

json::object key_object(const StoredKey& key) {
  json::object object = key_object(key.settings);
  object["label"] = key.label;
  object["created"] = key.created;
  object["updated"] = key.updated;
  object["revoked"] = key.is_revoked;
  return object;
}

StoredKey stored_key_of(const json::object& object) {
  StoredKey key;
  for (const auto& [name, value] : object) {
    const std::string_view member(name.data(), name.size());
    // What it is called was checked when it was made, by what held then.
    if (member == "name" && value.is_string()) key.settings.name = {std::string(value.get_string())};
    if (member == "label" && value.is_string()) key.label = std::string(value.get_string());
    if (member == "created" && value.is_int64()) key.created = value.get_int64();
    if (member == "updated" && value.is_int64()) key.updated = value.get_int64();
    if (member == "revoked" && value.is_bool()) key.is_revoked = value.get_bool();
    const bool is_own = member == "name" || member == "label" || member == "created" || member == "updated" ||
                        member == "revoked" || member == "hash" || member == "stored";
    if (!is_own) (void)read_member(member, value, key.settings);
  }
  key.settings.is_stored = true;
  key.settings.is_disabled = key.settings.is_disabled || key.is_revoked;
  return key;
}

}  // namespace gateway
