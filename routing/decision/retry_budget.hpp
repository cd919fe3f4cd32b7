// Bounds the attempts that would multiply the traffic of hosts that fail: those at a host that this request
// asked before, or that is believed to be failing. A request's first attempt at another host that is believed
// healthy costs nothing. One for the whole gateway, used by all data loops.
#pragma once

#include <cstdint>
#include <mutex>
#include <unordered_map>
#include <vector>

#include "config/values/settings.hpp"
#include "routing/decision/decision.hpp"
#include "routing/terms/outcome.hpp"

namespace routing {

// Whether an attempt after `tried` is paid for from the budget.
enum class RetryPrice { free, paid };
RetryPrice retry_price(const Decision& decision, std::span<const Attempt> tried, std::uint64_t generation);

// A share of the requests, and so many per span beside it; saved up for about a span.
class RetryAllowance {
 public:
  void count(double requests, const config::RetrySettings& settings, config::TimePoint now);
  // What is there, at most `part` of what there could be.
  bool has(double part, const config::RetrySettings& settings, config::TimePoint now);
  void take() { tokens_ -= 1; }

 private:
  void refill(double part, const config::RetrySettings& settings, config::TimePoint now);

  double tokens_ = 0;
  double recent_requests_ = 0;  // of about the last span: what may be saved up
  bool is_new_ = true;
  config::TimePoint refilled_{};
};

// Any thread; what takes the lock is rare: a retry that must be paid, and one call in some dozens of
// requests.
class RetryBudget {
 public:
  void count(std::uint64_t requests, const config::RetrySettings& settings, config::TimePoint now);
  // One more attempt because the host with this hash failed: when there is one left for the whole gateway,
  // and that host's failures have not had their part of it.
  bool take(std::uint64_t failing, const config::RetrySettings& settings, config::TimePoint now);

 private:
  std::mutex mutex_;
  RetryAllowance whole_;
  std::unordered_map<std::uint64_t, RetryAllowance> hosts_;
};

// The requests of one data loop that its budget has not heard of yet. Belongs to one data loop.
class RetryCounter {
 public:
  void count_request(RetryBudget& budget, const config::RetrySettings& settings, config::TimePoint now) {
    if (++waiting_ >= batch) tell(budget, settings, now);
  }
  bool take(RetryBudget& budget, std::uint64_t failing, const config::RetrySettings& settings,
            config::TimePoint now) {
    tell(budget, settings, now);
    return budget.take(failing, settings, now);
  }

 private:
  static constexpr std::uint64_t batch = 64;
  void tell(RetryBudget& budget, const config::RetrySettings& settings, config::TimePoint now) {
    if (waiting_ > 0) budget.count(std::exchange(waiting_, 0), settings, now);
  }

  std::uint64_t waiting_ = 0;
};

}  // namespace routing
