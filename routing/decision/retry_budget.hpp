// Retries beyond the first attempts: at most 20 % of requests plus 5 per 10 s, so that failing hosts do not
// multiply the traffic. Belongs to one data loop.
#pragma once

#include "config/values/units.hpp"

namespace routing {

class RetryBudget {
 public:
  void count_request(config::TimePoint now);
  // Takes one retry when there is one.
  bool take(config::TimePoint now);

 private:
  void refill(config::TimePoint now);

  double tokens_ = 5;
  double recent_requests_ = 0;  // of about the last 10 s: what may be saved up
  config::TimePoint refilled_{};
};

}  // namespace routing
