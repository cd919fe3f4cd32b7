#include "config/values/time_zone.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <fstream>
#include <iterator>

namespace config {
namespace {

constexpr std::int64_t hour = 3600, day = 86'400;

std::int64_t big_endian(std::string_view bytes) {
  std::uint64_t value = static_cast<signed char>(bytes[0]) < 0 ? ~std::uint64_t{0} : 0;
  for (const char byte : bytes) value = (value << 8) | static_cast<unsigned char>(byte);
  return static_cast<std::int64_t>(value);
}

// Reads a TZ text of POSIX from its begin.
struct Words {
  std::string_view rest;

  bool take(char c) {
    if (rest.empty() || rest.front() != c) return false;
    rest.remove_prefix(1);
    return true;
  }
  bool name() {
    if (take('<')) {
      const std::size_t end = rest.find('>');
      if (end == std::string_view::npos) return false;
      rest.remove_prefix(end + 1);
      return true;
    }
    const std::size_t end = rest.find_first_of("+-,0123456789");
    rest.remove_prefix(std::min(end, rest.size()));
    return true;
  }
  std::int64_t number() {
    std::int64_t value = 0;
    while (!rest.empty() && rest.front() >= '0' && rest.front() <= '9' && value < 10'000) {
      value = 10 * value + (rest.front() - '0');
      rest.remove_prefix(1);
    }
    return value;
  }
  // "-2:30": seconds.
  std::int64_t time() {
    const bool is_negative = take('-');
    if (!is_negative) take('+');
    std::int64_t seconds = number() * hour;
    if (take(':')) seconds += number() * 60;
    if (take(':')) seconds += number();
    return is_negative ? -seconds : seconds;
  }
};

int year_of(std::int64_t seconds) {
  const auto days =
      std::chrono::floor<std::chrono::days>(std::chrono::sys_seconds(std::chrono::seconds(seconds)));
  return static_cast<int>(std::chrono::year_month_day(days).year());
}

}  // namespace

std::int64_t TimeZone::Rule::at(int year) const {
  using namespace std::chrono;
  const auto in = std::chrono::year(year) / std::chrono::month(static_cast<unsigned>(month));
  const std::chrono::weekday on(static_cast<unsigned>(weekday));
  const sys_days date = week == 5 ? sys_days(in / on[last]) : sys_days(in / on[static_cast<unsigned>(week)]);
  return date.time_since_epoch().count() * day + time;
}

bool TimeZone::parse_tail(std::string_view text, Tail& tail) {
  Words words{text};
  if (!words.name() || words.rest.empty()) return false;
  tail.standard = -words.time();
  if (words.rest.empty()) return true;
  tail.has_summer = true;
  if (!words.name()) return false;
  tail.summer = words.rest.starts_with(',') ? tail.standard + hour : -words.time();
  for (Rule* rule : {&tail.begins, &tail.ends}) {
    if (!words.take(',') || !words.take('M')) return false;
    rule->month = static_cast<int>(words.number());
    words.take('.');
    rule->week = static_cast<int>(words.number());
    words.take('.');
    rule->weekday = static_cast<int>(words.number());
    if (words.take('/')) rule->time = words.time();
    const bool is_good = rule->month >= 1 && rule->month <= 12 && rule->week >= 1 && rule->week <= 5 &&
                         rule->weekday >= 0 && rule->weekday <= 6;
    if (!is_good) return false;
  }
  return true;
}

std::optional<TimeZone> TimeZone::parse(std::string_view file) {
  constexpr std::size_t header = 44;
  const auto is_header = [](std::string_view text) {
    return text.size() >= header && text.starts_with("TZif");
  };
  const auto count = [&](std::string_view text, std::size_t which) {
    return static_cast<std::size_t>(big_endian(text.substr(20 + 4 * which, 4)));
  };
  // isutcnt, isstdcnt, leapcnt, timecnt, typecnt, charcnt
  const auto body = [&](std::string_view text, std::size_t wide) {
    return count(text, 3) * (wide + 1) + count(text, 4) * 6 + count(text, 5) + count(text, 2) * (wide + 4) +
           count(text, 1) + count(text, 0);
  };
  if (!is_header(file) || file[4] < '2') return std::nullopt;
  const std::size_t first = header + body(file, 4);
  if (file.size() < first) return std::nullopt;
  const std::string_view rest = file.substr(first);
  if (!is_header(rest) || rest.size() < header + body(rest, 8)) return std::nullopt;

  TimeZone zone;
  const std::size_t times = count(rest, 3), kinds = count(rest, 4);
  const std::string_view moments = rest.substr(header), which = moments.substr(8 * times),
                         offsets = which.substr(times);
  const auto offset = [&](std::size_t kind) { return big_endian(offsets.substr(6 * kind, 4)); };
  if (kinds == 0) return std::nullopt;
  zone.first_ = offset(0);
  for (std::size_t i = 0; i < times; ++i) {
    const auto kind = static_cast<unsigned char>(which[i]);
    if (kind >= kinds) return std::nullopt;
    zone.changes_.push_back({big_endian(moments.substr(8 * i, 8)), offset(kind)});
  }
  std::string_view text = rest.substr(header + body(rest, 8));
  if (text.starts_with('\n')) text.remove_prefix(1);
  text = text.substr(0, text.find('\n'));
  Tail tail;
  if (!text.empty() && parse_tail(text, tail)) zone.tail_ = tail;
  return zone;
}

std::int64_t TimeZone::offset_at(std::int64_t utc) const {
  const auto after =
      std::ranges::upper_bound(changes_, utc, {}, [](const Change& change) { return change.at; });
  if (after != changes_.end() || !tail_) {
    return after == changes_.begin() ? first_ : std::prev(after)->offset;
  }
  if (!tail_->has_summer) return tail_->standard;
  const int year = year_of(utc + tail_->standard);
  const std::int64_t begins = tail_->begins.at(year) - tail_->standard;
  const std::int64_t ends = tail_->ends.at(year) - tail_->summer;
  const bool is_summer = begins < ends ? utc >= begins && utc < ends : utc >= begins || utc < ends;
  return is_summer ? tail_->summer : tail_->standard;
}

std::int64_t TimeZone::utc_of(std::int64_t local) const {
  // By the offset of before, then that of after: what was skipped is where the clocks go on.
  const std::int64_t before = local - offset_at(local - day), after = local - offset_at(local + day);
  const std::int64_t early = std::min(before, after);
  if (early + offset_at(early) == local) return early;
  const std::int64_t late = std::max(before, after);
  if (late + offset_at(late) == local) return late;
  // Skipped: the moment of the change lies between.
  std::int64_t low = early, high = late;
  const std::int64_t offset = offset_at(low);
  while (high - low > 1) {
    const std::int64_t middle = low + (high - low) / 2;
    (offset_at(middle) == offset ? low : high) = middle;
  }
  return high;
}

std::shared_ptr<const TimeZone> load_time_zone(std::string_view name, std::string& why) {
  if (name == "UTC") return std::make_shared<const TimeZone>();
  const bool is_name = !name.empty() && name.size() < 100 && name.front() != '/' && name.front() != '.' &&
                       name.find("..") == std::string_view::npos;
  std::string bytes;
  if (is_name) {
    std::ifstream file("/usr/share/zoneinfo/" + std::string(name), std::ios::binary);
    bytes.assign(std::istreambuf_iterator<char>(file), {});
  }
  auto zone = TimeZone::parse(bytes);
  if (zone) return std::make_shared<const TimeZone>(*std::move(zone));
  why = "there is no time zone `" + std::string(name.substr(0, 60)) + "`";
  if (!std::ifstream("/usr/share/zoneinfo/Europe/Berlin")) why += ", as this machine has no tzdata";
  return nullptr;
}

}  // namespace config
