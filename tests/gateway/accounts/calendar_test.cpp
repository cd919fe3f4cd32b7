#include "gateway/accounts/calendar.hpp"

#include <doctest/doctest.h>

#include "config/values/timestamp.hpp"

using config::Period;
using gateway::Calendar;
using namespace std::chrono_literals;

namespace {

config::WallTime at(std::string_view text) {
  return *config::parse_timestamp(text);
}

Calendar in(const std::string& zone) {
  std::string why;
  return Calendar(config::load_time_zone(zone, why), at("2026-11-28 16:20:00"), config::TimePoint(1h));
}

}  // namespace

TEST_CASE("windows begin where the calendar of UTC says") {
  const Calendar calendar = in("UTC");
  const struct {
    Period period;
    std::string_view begins, ends;
  } cases[] = {{Period::minute, "2026-11-28 16:20:00", "2026-11-28 16:21:00"},
               {Period::hour, "2026-11-28 16:00:00", "2026-11-28 17:00:00"},
               {Period::day, "2026-11-28 00:00:00", "2026-11-29 00:00:00"},
               {Period::week, "2026-11-23 00:00:00", "2026-11-30 00:00:00"},
               {Period::month, "2026-11-01 00:00:00", "2026-12-01 00:00:00"}};
  for (const auto& each : cases) {
    const auto window = calendar.window(each.period, at("2026-11-28 16:20:30"));
    CAPTURE(each.begins);
    CHECK(window.begins == at(each.begins));
    CHECK(window.ends == at(each.ends));
  }
  CHECK(calendar.window(Period::total, at("2026-11-28 16:20:30")).ends == config::WallTime::max());
}

TEST_CASE("days begin at midnight of the place, also where clocks are set") {
  const Calendar berlin = in("Europe/Berlin");
  const auto winter = berlin.window(Period::day, at("2026-11-28 23:30:00"));
  CHECK(winter.begins == at("2026-11-28 23:00:00"));
  CHECK(winter.ends == at("2026-11-29 23:00:00"));
  // 23 hours, and 25.
  const auto spring = berlin.window(Period::day, at("2026-03-29 12:00:00"));
  CHECK(spring.ends - spring.begins == 23h);
  const auto autumn = berlin.window(Period::day, at("2026-10-25 12:00:00"));
  CHECK(autumn.ends - autumn.begins == 25h);
  const auto month = berlin.window(Period::month, at("2026-03-31 23:00:00"));
  CHECK(month.begins == at("2026-03-31 22:00:00"));
  CHECK(month.ends == at("2026-04-30 22:00:00"));
  // Far beyond what the files list one by one.
  const auto later = berlin.window(Period::day, at("2071-07-01 12:00:00"));
  CHECK(later.begins == at("2071-06-30 22:00:00"));
  const auto nepal = in("Asia/Kathmandu").window(Period::hour, at("2026-11-28 16:20:00"));
  CHECK(nepal.begins == at("2026-11-28 16:15:00"));
}

TEST_CASE("a step of the system's clock moves no window") {
  const Calendar calendar = in("UTC");
  CHECK(calendar.wall(config::TimePoint(1h + 30s)) == at("2026-11-28 16:20:30"));
  CHECK(calendar.clock(at("2026-11-28 17:00:00")) == config::TimePoint(1h + 40min));
}
