// The requests and tokens per minute that a simulated host grants a credential: buckets that hold a minute's
// worth and fill evenly. Belongs to its host.
#pragma once

#include <optional>

#include "config/values/fleet.hpp"
#include "routing/host_model/host_request.hpp"

namespace routing {

// What a host says of one of its limits.
struct RateStanding {
  double limit = 0;  // per minute
  double remaining = 0;
  config::Duration until_full{};
};

class MinuteBucket {
 public:
  MinuteBucket(double per_minute, config::TimePoint now)
      : per_minute_(per_minute), level_(per_minute), at_(now) {}

  double level(config::TimePoint now) const;
  void take(double amount, config::TimePoint now);
  // How long until it holds `amount`, or is full where it can never hold as much.
  config::Duration until(double amount, config::TimePoint now) const;
  RateStanding standing(config::TimePoint now) const;

 private:
  double per_minute_;
  double level_;  // below 0 when answers took more than was left
  config::TimePoint at_;
};

class HostRateLimits {
 public:
  HostRateLimits(const config::RateLimitBehaviour& settings, config::TimePoint now);

  // Takes one request and its prompt, or says why not and when it may come again.
  std::optional<Refused> admit(config::Tokens prompt, config::TimePoint now);
  // Tokens of an answer, known only when it has ended.
  void charge(config::Tokens output, config::TimePoint now);

  std::optional<RateStanding> requests(config::TimePoint now) const;
  std::optional<RateStanding> tokens(config::TimePoint now) const;

 private:
  std::optional<MinuteBucket> requests_;
  std::optional<MinuteBucket> tokens_;
};

}  // namespace routing
