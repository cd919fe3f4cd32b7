// When the windows of quotas begin and end: by the calendar of a place as it was read once, and from then on
// by the clock that nobody sets. A step of the system's time moves no window. A value; immutable.
#pragma once

#include <memory>
#include <utility>

#include "config/values/quota.hpp"
#include "config/values/time_zone.hpp"
#include "config/values/units.hpp"

namespace gateway {

class Calendar {
 public:
  // `zone` may be null: UTC. `wall` is what a calendar says at `now`.
  Calendar(std::shared_ptr<const config::TimeZone> zone, config::WallTime wall, config::TimePoint now)
      : zone_(std::move(zone)), wall_(wall), now_(now) {}

  struct Window {
    config::WallTime begins{};
    config::WallTime ends{};
  };
  // The one that holds the moment; that of Period::total never ends.
  Window window(config::Period period, config::WallTime at) const;

  config::WallTime wall(config::TimePoint at) const {
    return wall_ + std::chrono::duration_cast<config::WallTime::duration>(at - now_);
  }
  config::TimePoint clock(config::WallTime at) const {
    return at == config::WallTime::max() ? config::TimePoint::max() : now_ + (at - wall_);
  }

 private:
  std::shared_ptr<const config::TimeZone> zone_;
  config::WallTime wall_;
  config::TimePoint now_;
};

}  // namespace gateway
