// How much of what there is only so much of the gateway uses: requests at the same time, and memory. Who is
// less urgent is turned away earlier, so that batch work yields first. Shared by all loops; may be used by
// every thread.
#pragma once

#include <array>
#include <atomic>
#include <cstddef>

#include "config/values/settings.hpp"
#include "gateway/overload/shed.hpp"

namespace gateway {

// Shares by priority: interactive, normal, batch.
inline constexpr std::array<double, 3> requests_let_in{1.0, 0.95, 0.8};
inline constexpr std::array<double, 3> memory_let_in{0.95, 0.9, 0.8};

class Pressure {
 public:
  // Whether a request of this priority has memory to begin with. One always has where nobody else is: what is
  // used then ends with nobody's request. Address space, and what an allocator keeps, does not come back at
  // all.
  Shed judge(config::Priority priority) const {
    if (under_way() <= 0) return Shed::none;
    return memory_used() >= memory_let_in[static_cast<std::size_t>(priority)] ? Shed::memory : Shed::none;
  }

  // How many there may be at a time for one of this priority to be among them; 0: no number of them.
  // What is kept for the more urgent ones is rounded down: where there are few places, none is.
  static int most_of(config::Priority priority, int most_requests) {
    const double kept = (1 - requests_let_in[static_cast<std::size_t>(priority)]) * most_requests;
    return most_requests - static_cast<int>(kept + 1e-9);
  }
  // One may always be there alone.
  bool has_room(config::Priority priority, int most_requests) const {
    return is_within(under_way() + 1, priority, most_requests);
  }
  // Counts it in, where there is room: all loops together never have more.
  bool begin(config::Priority priority, int most_requests) {
    if (is_within(under_way_.fetch_add(1) + 1, priority, most_requests)) return true;
    under_way_.fetch_sub(1);
    return false;
  }
  void count_in() { under_way_.fetch_add(1); }
  void count_out() { under_way_.fetch_sub(1); }

  // Who waits for that, in all loops; those who are at least as urgent as `priority`.
  void wait(config::Priority priority, int change) {
    waiting_[static_cast<std::size_t>(priority)].fetch_add(change);
  }
  bool somebody_waits(config::Priority priority) const {
    for (std::size_t rank = 0; rank <= static_cast<std::size_t>(priority); ++rank) {
      if (waiting_[rank].load(std::memory_order_relaxed) > 0) return true;
    }
    return false;
  }
  int waiting() const {
    int all = 0;
    for (const auto& each : waiting_) all += each.load(std::memory_order_relaxed);
    return all;
  }

  int under_way() const { return under_way_.load(std::memory_order_relaxed); }
  // Of the memory that the process may have, as a share; 0 where nothing bounds it.
  double memory_used() const { return memory_used_.load(std::memory_order_relaxed); }
  void set_memory_used(double share) { memory_used_.store(share, std::memory_order_relaxed); }

 private:
  static bool is_within(int all, config::Priority priority, int most_requests) {
    return most_requests <= 0 || all <= 1 || all <= most_of(priority, most_requests);
  }

  // A cache line of their own: every request writes them.
  alignas(64) std::atomic<int> under_way_{0};
  std::array<std::atomic<int>, config::priority_names.size()> waiting_{};
  alignas(64) std::atomic<double> memory_used_{0};
};

}  // namespace gateway
