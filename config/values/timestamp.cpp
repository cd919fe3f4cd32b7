#include "config/values/timestamp.hpp"

#include <array>
#include <charconv>
#include <chrono>

namespace config {
namespace {

// `digits` of them at `place`.
std::optional<int> whole(std::string_view text, std::size_t place, std::size_t digits) {
  int value = 0;
  const char* begin = text.data() + place;
  const auto [end, error] = std::from_chars(begin, begin + digits, value);
  if (error != std::errc() || end != begin + digits || *begin == '-') return std::nullopt;
  return value;
}

}  // namespace

std::optional<WallTime> parse_timestamp(std::string_view text) {
  if (text.ends_with('Z')) text.remove_suffix(1);
  constexpr std::string_view form = "0000-00-00 00:00:00";
  if (text.size() < form.size()) return std::nullopt;
  for (const std::size_t place : {std::size_t{4}, std::size_t{7}, std::size_t{13}, std::size_t{16}}) {
    if (text[place] != form[place]) return std::nullopt;
  }
  if (text[10] != ' ' && text[10] != 'T') return std::nullopt;
  const auto year = whole(text, 0, 4), month = whole(text, 5, 2), day = whole(text, 8, 2);
  const auto hour = whole(text, 11, 2), minute = whole(text, 14, 2), second = whole(text, 17, 2);
  if (!year || !month || !day || !hour || !minute || !second) return std::nullopt;
  if (*hour > 23 || *minute > 59 || *second > 60) return std::nullopt;
  const std::chrono::year_month_day date{std::chrono::year{*year},
                                         std::chrono::month{static_cast<unsigned>(*month)},
                                         std::chrono::day{static_cast<unsigned>(*day)}};
  if (!date.ok()) return std::nullopt;
  double fraction = 0;
  const std::string_view rest = text.substr(form.size());
  if (!rest.empty()) {
    if (rest[0] != '.' || rest.size() < 2) return std::nullopt;
    const auto [end, error] = std::from_chars(rest.data(), rest.data() + rest.size(), fraction);
    if (error != std::errc() || end != rest.data() + rest.size() || fraction < 0) return std::nullopt;
  }
  return std::chrono::sys_days{date} + std::chrono::hours{*hour} + std::chrono::minutes{*minute} +
         std::chrono::seconds{*second} + std::chrono::duration_cast<WallTime::duration>(Seconds{fraction});
}

}  // namespace config
