// Share of requests that an endpoint answered, over 5 minutes, 30 minutes and a day, by the counting rules
// that OpenRouter publishes: failures are 401, 402, 404, every 5xx, replies that break off or end in an
// error, and no reply at all; 400, 403, 413 and 429 count neither way. Known from 100 counted requests on.
// Belongs to the market.
#pragma once

#include <array>
#include <cstdint>

#include "routing/terms/outcome.hpp"

namespace routing {

enum class Counted { success, failure, neither };
Counted counted_for_uptime(const Attempt& attempt);

class Uptime {
 public:
  static constexpr std::uint32_t least_requests = 100;

  void count(Counted counted, config::TimePoint now);
  void pass(config::TimePoint now);
  std::uint32_t requests() const { return half_hour_.sum().requests(); }
  // NaN below `least_requests`.
  double share() const { return share_of(half_hour_.sum()); }
  double share_of_five_minutes() const;
  double share_of_day() const { return share_of(day_.sum()); }

 private:
  struct Count {
    std::uint32_t successes = 0;
    std::uint32_t failures = 0;

    std::uint32_t requests() const { return successes + failures; }
  };
  static double share_of(const Count& count);

  // The newest of `slots` slots of time, each so many minutes long, and their sum.
  template <std::int64_t slots, std::int64_t minutes>
  class Ring {
   public:
    void pass(config::TimePoint now);
    void count(Counted counted);
    const Count& sum() const { return sum_; }
    Count last(std::int64_t count) const;

   private:
    std::int64_t newest_ = 0;  // number of the newest slot since the clock's epoch
    Count sum_{};
    std::array<Count, slots> slots_{};
  };

  Ring<30, 1> half_hour_;
  Ring<96, 15> day_;
};

}  // namespace routing
