// Days as people write them, and which of them there are.
#include "config/values/timestamp.hpp"

#include <doctest/doctest.h>

using namespace config;

TEST_CASE("a day is written with all its digits") {
  using namespace std::chrono;
  CHECK(day_text(sys_days(year(2026) / 11 / 29)) == "2026-11-29");
  CHECK(day_text(sys_days(year(987) / 6 / 5)) == "0987-06-05");
  CHECK(day_text(sys_seconds(sys_days(year(2300) / 1 / 1))) == "2300-01-01");
  CHECK(day_text(sys_seconds(seconds(-1))) == "1969-12-31");
  CHECK(day_text(sys_seconds(seconds(1'797'292'800))) == "2026-12-15");
}

TEST_CASE("a moment is written to the second, also before 1970") {
  using namespace std::chrono;
  CHECK(second_text(sys_days(year(2026) / 11 / 29) + hours(3) + minutes(4) + seconds(5)) ==
        "2026-11-29T03:04:05Z");
  CHECK(second_text(sys_seconds(seconds(0))) == "1970-01-01T00:00:00Z");
  CHECK(second_text(sys_seconds(seconds(-1))) == "1969-12-31T23:59:59Z");
}

TEST_CASE("a month or a day is one that there is, in this form alone") {
  for (const char* good : {"2026-11", "2026-11-29", "2028-02-29"}) CHECK_MESSAGE(is_month_or_day(good), good);
  for (const char* bad :
       {"", "2026", "2026-1", "2026-13", "2026-00", "2026-11-31", "2026-02-29", "2026-11-29T", "26-11-29",
        "2026/11/29", "2026-11-", "today", "20261129", "-026-11"}) {
    CHECK_MESSAGE(!is_month_or_day(bad), bad);
  }
}
