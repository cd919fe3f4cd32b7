// How many requests wait for each provider, in the waiting lines of all loops together, by their priority.
// Any thread.
#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <vector>

#include "config/values/settings.hpp"

namespace gateway {

class WaitingCounts {
 public:
  explicit WaitingCounts(std::size_t providers) : counts_(providers) {}

  void add(std::size_t provider, config::Priority priority, int change) {
    counts_[provider][static_cast<std::size_t>(priority)].fetch_add(change, std::memory_order_relaxed);
  }
  // Those that are at least so urgent.
  int as_urgent(std::size_t provider, config::Priority priority) const {
    int count = 0;
    for (std::size_t rank = 0; rank <= static_cast<std::size_t>(priority); ++rank)
      count += counts_[provider][rank].load(std::memory_order_relaxed);
    return count;
  }
  int of(std::size_t provider) const { return as_urgent(provider, config::Priority::batch); }

 private:
  std::vector<std::array<std::atomic<int>, config::priority_names.size()>> counts_;
};

}  // namespace gateway
