// How long attempts at a provider take there, and so how soon who waits for one of them to end can begin.
// Pure; belongs to one line.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <optional>

#include "config/values/units.hpp"

namespace gateway {

class ServicePace {
 public:
  void ended(config::Duration took) {
    const double seconds = config::Seconds(took).count();
    count_ = std::min(count_ + 1, most_counted);
    mean_ += (seconds - mean_) / count_;
  }
  // How many begin in a second where so many run at a time; nothing while too little is known.
  std::optional<double> rate(int at_a_time) const {
    if (count_ < least_counted || !(mean_ > 0)) return std::nullopt;
    return at_a_time / mean_;
  }

 private:
  static constexpr double least_counted = 4, most_counted = 64;
  double count_ = 0;
  double mean_ = 0;  // of the last ones, in seconds
};

// Whether one with so many before it begins within `patience`, where `rate` begin in a second. The first one
// always may: otherwise nobody would be there when a host is free. Ends come by chance: by two standard
// deviations of that, so that hardly anybody waits in vain.
inline bool begins_in_time(double ahead, double rate, config::Duration patience) {
  if (ahead < 1) return true;
  return ahead + 2 * std::sqrt(ahead) <= rate * config::Seconds(patience).count();
}

// Until the line is as short as it must be for one more.
inline config::Duration until_room(double ahead, double rate, config::Duration patience) {
  const double seconds = (ahead + 2 * std::sqrt(ahead)) / rate - config::Seconds(patience).count();
  return std::chrono::duration_cast<config::Duration>(config::Seconds(std::clamp(seconds, 1.0, 60.0)));
}

}  // namespace gateway
