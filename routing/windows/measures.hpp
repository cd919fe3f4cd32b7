// What one endpoint's replies measured over the last 5 and 30 minutes, for people, policies and dashboards.
// The decision itself uses the posterior in speed.hpp, which is useful after a few replies already.
// Belongs to the market.
#pragma once

#include "routing/terms/outcome.hpp"
#include "routing/terms/prediction.hpp"
#include "routing/windows/uptime.hpp"
#include "routing/windows/window.hpp"

namespace routing {

class Measures {
 public:
  void observe(const Attempt& attempt, config::TimePoint now);
  // Whether a percentile may have changed since the last time, by age or by observation.
  Window::Passed pass(config::TimePoint now);
  Measured five_minutes() const;
  Measured half_hour() const;

 private:
  struct Set {
    explicit Set(config::Duration slot) : ttft(slot), throughput(slot), gap(slot), total(slot) {}
    void observe(const Attempt& attempt, config::TimePoint now);
    Window::Passed pass(config::TimePoint now);
    Measured measured() const;

    Window ttft, throughput, gap, total;
  };

  Measured with_uptimes(Measured measured) const;

  Set recent_{std::chrono::seconds(10)};
  Set long_{std::chrono::seconds(60)};
  Uptime uptime_;
  Window::Passed since_ = Window::Passed::unchanged;
};

}  // namespace routing
