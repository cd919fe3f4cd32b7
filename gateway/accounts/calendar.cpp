#include "gateway/accounts/calendar.hpp"

#include <utility>

namespace gateway {
namespace {

using config::Period;
using config::WallTime;
using std::chrono::days;
using std::chrono::seconds;
using std::chrono::sys_days;

WallTime of_seconds(std::int64_t value) {
  return WallTime(std::chrono::duration_cast<WallTime::duration>(seconds(value)));
}

// The first day of the week, or of the month, that a day is in, and of the next one.
std::pair<sys_days, sys_days> around(Period period, sys_days day) {
  using namespace std::chrono;
  if (period == Period::week) {
    const sys_days monday = day - (weekday(day) - Monday);
    return {monday, monday + weeks(1)};
  }
  if (period == Period::month) {
    const year_month_day date(day);
    const year_month month = date.year() / date.month();
    return {sys_days(month / 1), sys_days((month + months(1)) / 1)};
  }
  return {day, day + days(1)};
}

}  // namespace

Calendar::Window Calendar::window(Period period, WallTime at) const {
  if (period == Period::total) return {of_seconds(0), WallTime::max()};
  const std::int64_t utc = std::chrono::floor<seconds>(at).time_since_epoch().count();
  const std::int64_t offset = zone_ ? zone_->offset_at(utc) : 0;
  if (period == Period::minute || period == Period::hour) {
    const std::int64_t length = period == Period::minute ? 60 : 3600;
    const std::int64_t local = utc + offset;
    const std::int64_t begin = utc - ((local % length) + length) % length;
    return {of_seconds(begin), of_seconds(begin + length)};
  }
  const sys_days day = std::chrono::floor<days>(std::chrono::sys_seconds(seconds(utc + offset)));
  const auto [first, next] = around(period, day);
  const auto midnight = [&](sys_days date) {
    const std::int64_t local = date.time_since_epoch().count() * 86'400;
    return of_seconds(zone_ ? zone_->utc_of(local) : local);
  };
  return {midnight(first), midnight(next)};
}

}  // namespace gateway
