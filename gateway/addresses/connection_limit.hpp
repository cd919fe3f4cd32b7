// How many connections of clients the gateway has, over all its loops, and how many it may have. May be used
// by every thread.
#pragma once

#include <atomic>

namespace gateway {

class ConnectionLimit {
 public:
  explicit ConnectionLimit(int most) : most_(most) {}

  // Counts one more, and says whether it is within the limit.
  bool enter() { return open_.fetch_add(1, std::memory_order_relaxed) < most_; }
  void leave() { open_.fetch_sub(1, std::memory_order_relaxed); }
  int open() const { return open_.load(std::memory_order_relaxed); }

 private:
  const int most_;
  std::atomic<int> open_{0};
};

}  // namespace gateway
