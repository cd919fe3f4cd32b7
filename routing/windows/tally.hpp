// How often something happens, lately: a Beta posterior whose evidence is forgotten with a time constant.
// A value, no thread rule.
#pragma once

#include <algorithm>
#include <cmath>

#include "config/values/units.hpp"

namespace routing {

struct TallySettings {
  double prior_mean = 0;
  double prior_weight = 0;
  config::Seconds forgetting{90};
};

struct Tally {
  double events = 0;
  double trials = 0;
  config::TimePoint counted{};

  // One trial of which `share` was an event, 0..1.
  void count(const TallySettings& settings, double share, config::TimePoint now) {
    const double keep = kept(settings, now);
    events = events * keep + share;
    trials = trials * keep + 1;
    counted = now > counted ? now : counted;
  }
  // What was counted as none turned out to be one.
  void turn(const TallySettings& settings, config::TimePoint now) {
    const double keep = kept(settings, now);
    events = std::min(events * keep + 1, trials = std::max(1.0, trials * keep));
    counted = now > counted ? now : counted;
  }
  double mean(const TallySettings& settings, config::TimePoint now) const {
    if (events == 0 && settings.prior_mean == 0) return 0;  // most tallies of 429s: no need to know the time
    const double keep = kept(settings, now);
    return (settings.prior_mean * settings.prior_weight + events * keep) /
           (settings.prior_weight + trials * keep);
  }
  double effective_events(const TallySettings& settings, config::TimePoint now) const {
    return events * kept(settings, now);
  }

 private:
  double kept(const TallySettings& settings, config::TimePoint now) const {
    return now > counted ? std::exp(-(config::Seconds(now - counted) / settings.forgetting)) : 1.0;
  }
};

}  // namespace routing
