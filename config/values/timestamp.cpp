#include "config/values/timestamp.hpp"

#include <array>
#include <charconv>

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

// Of ten characters, or more.
std::optional<std::chrono::year_month_day> date_in(std::string_view text) {
  if (text[4] != '-' || text[7] != '-') return std::nullopt;
  const auto year = whole(text, 0, 4), month = whole(text, 5, 2), day = whole(text, 8, 2);
  if (!year || !month || !day) return std::nullopt;
  const std::chrono::year_month_day date{std::chrono::year{*year},
                                         std::chrono::month{static_cast<unsigned>(*month)},
                                         std::chrono::day{static_cast<unsigned>(*day)}};
  return date.ok() ? std::optional(date) : std::nullopt;
}

void put_digits(std::string& text, std::size_t from, std::size_t digits, unsigned number) {
  for (std::size_t at = from + digits; at-- > from; number /= 10)
    text[at] = static_cast<char>('0' + number % 10);
}

}  // namespace

std::optional<WallTime> parse_timestamp(std::string_view text) {
  if (text.ends_with('Z')) text.remove_suffix(1);
  constexpr std::string_view form = "0000-00-00 00:00:00";
  if (text.size() < form.size()) return std::nullopt;
  if (text[13] != ':' || text[16] != ':' || (text[10] != ' ' && text[10] != 'T')) return std::nullopt;
  const auto date = date_in(text);
  const auto hour = whole(text, 11, 2), minute = whole(text, 14, 2), second = whole(text, 17, 2);
  if (!date || !hour || !minute || !second) return std::nullopt;
  if (*hour > 23 || *minute > 59 || *second > 60) return std::nullopt;
  double fraction = 0;
  const std::string_view rest = text.substr(form.size());
  if (!rest.empty()) {
    if (rest[0] != '.' || rest.size() < 2) return std::nullopt;
    const auto [end, error] = std::from_chars(rest.data(), rest.data() + rest.size(), fraction);
    if (error != std::errc() || end != rest.data() + rest.size() || fraction < 0) return std::nullopt;
  }
  return std::chrono::sys_days{*date} + std::chrono::hours{*hour} + std::chrono::minutes{*minute} +
         std::chrono::seconds{*second} + std::chrono::duration_cast<WallTime::duration>(Seconds{fraction});
}

std::string day_text(std::chrono::sys_days day) {
  const std::chrono::year_month_day date(day);
  std::string text = "0000-00-00";
  put_digits(text, 0, 4, static_cast<unsigned>(static_cast<int>(date.year())));
  put_digits(text, 5, 2, static_cast<unsigned>(date.month()));
  put_digits(text, 8, 2, static_cast<unsigned>(date.day()));
  return text;
}

std::string day_text(std::chrono::sys_seconds at) {
  return day_text(std::chrono::floor<std::chrono::days>(at));
}

std::string second_text(std::chrono::sys_seconds at) {
  const std::chrono::hh_mm_ss time(at - std::chrono::floor<std::chrono::days>(at));
  std::string text = day_text(at) + "T00:00:00Z";
  put_digits(text, 11, 2, static_cast<unsigned>(time.hours().count()));
  put_digits(text, 14, 2, static_cast<unsigned>(time.minutes().count()));
  put_digits(text, 17, 2, static_cast<unsigned>(time.seconds().count()));
  return text;
}

bool is_month_or_day(std::string_view text) {
  if (text.size() == 7) return date_in(std::string(text) + "-01").has_value();
  return text.size() == 10 && date_in(text).has_value();
}

}  // namespace config
