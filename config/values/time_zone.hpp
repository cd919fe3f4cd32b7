// The time of a place: when its days, weeks and months begin. From the files of the system's time zone
// database. A value; immutable.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace config {

class TimeZone {
 public:
  // UTC.
  TimeZone() = default;
  // Of a file of the database (RFC 8536); nothing where it is none.
  static std::optional<TimeZone> parse(std::string_view file);

  // Seconds that local time is ahead of UTC at `utc`, in seconds since 1970.
  std::int64_t offset_at(std::int64_t utc) const;
  // When a local time, in seconds since 1970 as the clocks there count them, is. The first such moment where
  // there are two; the first one after it where clocks skip it.
  std::int64_t utc_of(std::int64_t local) const;

 private:
  struct Change {
    std::int64_t at = 0;  // UTC
    std::int64_t offset = 0;
  };
  // "M3.5.0/2": the last Sunday of March at two.
  struct Rule {
    int month = 0, week = 0, weekday = 0;
    std::int64_t time = 7200;
    std::int64_t at(int year) const;  // local
  };
  // What holds after the last change.
  struct Tail {
    std::int64_t standard = 0;
    bool has_summer = false;
    std::int64_t summer = 0;
    Rule begins{}, ends{};
  };

  static bool parse_tail(std::string_view text, Tail& tail);

  std::vector<Change> changes_;
  std::int64_t first_ = 0;  // offset before them
  std::optional<Tail> tail_;
};

// By its name, "Europe/Berlin". Null where there is none; `why` then says it in words.
std::shared_ptr<const TimeZone> load_time_zone(std::string_view name, std::string& why);

}  // namespace config
