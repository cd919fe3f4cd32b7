#include "gateway/request/pretence.hpp"

#include <algorithm>

#include "config/values/timestamp.hpp"
#include "gateway/text/in_quotes.hpp"
#include "gateway/text/wall_text.hpp"

namespace gateway {
namespace {

// "2026-11-28T03:00", with seconds or without, or "03:00" of today.
std::optional<config::WallTime> moment_of(const std::string& text, config::WallTime now) {
  if (text.size() == 5)
    return config::parse_timestamp(std::string(WallText(now).view().substr(0, 11)) + text + ":00");
  const auto whole = config::parse_timestamp(text);
  return whole ? whole : config::parse_timestamp(text + ":00");
}

}  // namespace

std::variant<Pretence, std::string> pretence(std::string_view key, std::string_view team, std::string_view at,
                                             const config::Settings& settings, config::WallTime now) {
  Pretence result;
  const auto find = [&](auto is_it) -> const config::KeySettings* {
    const auto found = std::ranges::find_if(settings.keys, is_it);
    return found == settings.keys.end() ? nullptr : &*found;
  };
  if (!key.empty()) {
    result.key = find([&](const config::KeySettings& each) { return each.name.text == key; });
    if (!result.key) return "there is no key " + in_quotes(key);
    if (!team.empty() && result.key->team != team)
      return "the key " + in_quotes(key) + " is not of the team " + in_quotes(team);
  } else if (!team.empty()) {
    result.key =
        find([&](const config::KeySettings& each) { return each.team == team && !each.is_disabled; });
    if (!result.key) return "there is no key of a team " + in_quotes(team);
  }
  if (at.empty()) return result;
  result.wall = moment_of(std::string(at), now);
  if (!result.wall) return in_quotes(at) + " is no moment; write 2026-11-28T03:00, or 03:00, in UTC";
  return result;
}

}  // namespace gateway
