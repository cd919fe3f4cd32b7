#include "gateway/request/pretence.hpp"

#include <algorithm>
#include <chrono>
#include <cstdio>

#include "gateway/text/quoted.hpp"

namespace gateway {
namespace {

using namespace std::chrono;

std::optional<config::WallTime> moment_of(const std::string& text, config::WallTime now) {
  int year = 0, hour = 0, minute = 0, end = 0;
  unsigned month = 0, day = 0;
  const bool is_time = std::sscanf(text.c_str(), "%2d:%2d%n", &hour, &minute, &end) == 2 &&
                       end == static_cast<int>(text.size());
  sys_days date = floor<days>(now);
  if (!is_time) {
    const int read = std::sscanf(text.c_str(), "%4d-%2u-%2uT%2d:%2d", &year, &month, &day, &hour, &minute);
    const year_month_day said{std::chrono::year(year), std::chrono::month(month), std::chrono::day(day)};
    if (read != 5 || !said.ok()) return std::nullopt;
    date = said;
  }
  if (hour < 0 || hour > 23 || minute < 0 || minute > 59) return std::nullopt;
  return date + hours(hour) + minutes(minute);
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
    if (!result.key) return "there is no key " + quoted(key);
    if (!team.empty() && result.key->team != team)
      return "the key " + quoted(key) + " is not of the team " + quoted(team);
  } else if (!team.empty()) {
    result.key =
        find([&](const config::KeySettings& each) { return each.team == team && !each.is_disabled; });
    if (!result.key) return "there is no key of a team " + quoted(team);
  }
  if (at.empty()) return result;
  result.wall = moment_of(std::string(at), now);
  if (!result.wall) return quoted(at) + " is no moment; write 2026-11-28T03:00, or 03:00, in UTC";
  return result;
}

}  // namespace gateway
