// Between two tries of what failed: a time from the last try on, however often it is wanted meanwhile. A
// value.
#pragma once

#include "config/values/units.hpp"

namespace gateway {

class Pause {
 public:
  explicit Pause(config::Duration length) : length_(length) {}
  void begin(config::TimePoint now) { until_ = now + length_; }
  bool is_over(config::TimePoint now) const { return now >= until_; }

 private:
  config::Duration length_;
  config::TimePoint until_{};
};

}  // namespace gateway
