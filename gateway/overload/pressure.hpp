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
  // Whether a request of this priority may begin now. One always may where nobody else has: what is used then
  // ends with nobody's request. Address space, and what an allocator keeps, does not come back at all.
  Shed judge(config::Priority priority, int most_requests) const {
    const auto rank = static_cast<std::size_t>(priority);
    const int others = under_way();
    if (others <= 0) return Shed::none;
    if (memory_used() >= memory_let_in[rank]) return Shed::memory;
    if (most_requests <= 0) return Shed::none;
    const double let_in = requests_let_in[rank] * most_requests;
    return others + 1 > let_in ? Shed::requests : Shed::none;
  }

  int under_way() const { return under_way_.load(std::memory_order_relaxed); }
  // Of the memory that the process may have, as a share; 0 where nothing bounds it.
  double memory_used() const { return memory_used_.load(std::memory_order_relaxed); }
  void set_memory_used(double share) { memory_used_.store(share, std::memory_order_relaxed); }

 private:
  friend class UnderWay;
  alignas(64) std::atomic<int> under_way_{0};  // a cache line of its own: every request writes it
  alignas(64) std::atomic<double> memory_used_{0};
};

// A request that has begun, until it ends.
class UnderWay {
 public:
  // `pressure` may be null: nobody counts.
  explicit UnderWay(Pressure* pressure) : pressure_(pressure) {
    if (pressure_) pressure_->under_way_.fetch_add(1, std::memory_order_relaxed);
  }
  ~UnderWay() {
    if (pressure_) pressure_->under_way_.fetch_sub(1, std::memory_order_relaxed);
  }
  UnderWay(const UnderWay&) = delete;
  UnderWay& operator=(const UnderWay&) = delete;

 private:
  Pressure* pressure_;
};

}  // namespace gateway
