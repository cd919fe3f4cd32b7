// Attempts under way at each endpoint, over all data loops: the only shared atomics.
#pragma once

#include <atomic>
#include <cstddef>
#include <vector>

#include "routing/catalogue.hpp"

namespace routing {

class InFlight {
 public:
  explicit InFlight(std::size_t endpoints) : counts_(endpoints) {}

  int at(EndpointIndex endpoint) const { return counts_[endpoint].load(std::memory_order_relaxed); }
  std::atomic<int>& counter(EndpointIndex endpoint) { return counts_[endpoint]; }

 private:
  std::vector<std::atomic<int>> counts_;
};

// One attempt under way.
class Flight {
 public:
  explicit Flight(std::atomic<int>& count) : count_(count) { count_.fetch_add(1, std::memory_order_relaxed); }
  ~Flight() { count_.fetch_sub(1, std::memory_order_relaxed); }
  Flight(const Flight&) = delete;
  Flight& operator=(const Flight&) = delete;

 private:
  std::atomic<int>& count_;
};

}  // namespace routing
