// One line on a terminal that says how far a long run is, how fast, and how long it will take. Not for
// several threads at once.
#pragma once

#include <ostream>

#include "config/values/units.hpp"
#include "gateway/text/quantity_text.hpp"

namespace gateway {

class ProgressBar {
 public:
  enum class Shown { yes, no };
  ProgressBar(std::ostream& out, Shown shown, config::TimePoint now)
      : out_(out), shown_(shown), begun_(now), drawn_(now) {}

  void show(std::size_t done, std::size_t all, config::TimePoint now) {
    constexpr config::Duration between = std::chrono::milliseconds(200);
    if (shown_ == Shown::no || now - drawn_ < between || done == 0) return;
    drawn_ = now;
    const double passed = config::Seconds(now - begun_).count();
    const double share = static_cast<double>(done) / static_cast<double>(all);
    const double rate = static_cast<double>(done) / passed;
    constexpr int width = 24;
    const int full = static_cast<int>(share * width);
    out_ << "\r\033[K" << std::string(static_cast<std::size_t>(full), '#')
         << std::string(static_cast<std::size_t>(width - full), '.') << " " << percent_text(share) << "  "
         << count_text(rate) << " requests/s  " << span_text(passed / share * (1 - share)) << " left"
         << std::flush;
  }
  void clear() {
    if (shown_ == Shown::yes) out_ << "\r\033[K" << std::flush;
  }

 private:
  std::ostream& out_;
  Shown shown_;
  config::TimePoint begun_;
  config::TimePoint drawn_;
};

}  // namespace gateway
