// Share of requests that an endpoint answered, over 30 minutes, by the counting rules that OpenRouter
// publishes: failures are 401, 402, 404, every 5xx, replies that break off or end in an error, and no reply
// at all; 400, 403, 413 and 429 count neither way. Known from 100 counted requests on.
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
  std::uint32_t requests() const { return successes_ + failures_; }
  // NaN below `least_requests`.
  double share() const;

 private:
  static constexpr std::int64_t slots = 30;
  struct Slot {
    std::uint32_t successes = 0;
    std::uint32_t failures = 0;
  };

  std::int64_t newest_ = 0;  // minutes since the clock's epoch
  std::uint32_t successes_ = 0;
  std::uint32_t failures_ = 0;
  std::array<Slot, slots> ring_{};
};

}  // namespace routing
