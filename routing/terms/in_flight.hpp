// Attempts under way at each endpoint, over all data loops: the only shared atomics. An endpoint that goes on
// in the next generation goes on in the same count, so that what was begun before a reload is still counted
// after it, and ends where it began.
#pragma once

#include <atomic>
#include <cstddef>
#include <memory>
#include <vector>

#include "routing/terms/catalogue.hpp"
#include "routing/terms/succession.hpp"

namespace routing {

class InFlight {
 public:
  explicit InFlight(std::size_t endpoints) {
    for (counts_.reserve(endpoints); counts_.size() < endpoints;)
      counts_.push_back(std::make_shared<Counts>());
  }
  // Of the endpoints of `now`, where `counted` is of those of `before`.
  InFlight(const Catalogue& now, const Catalogue& before, const InFlight& counted) {
    for (const std::optional<EndpointIndex>& known : predecessors(now, before)) {
      counts_.push_back(known ? counted.counts_[*known] : std::make_shared<Counts>());
    }
  }

  InFlight(InFlight&&) = default;  // a copy would count the same attempts

  // Totally ordered with what counts, so that of two who count and then look one sees the other.
  int at(EndpointIndex endpoint) const { return counts_[endpoint]->under_way.load(); }
  std::atomic<int>& counter(EndpointIndex endpoint) { return counts_[endpoint]->under_way; }
  // Of those, the trials of a host that is half open.
  int trials_at(EndpointIndex endpoint) const {
    return counts_[endpoint]->trials.load(std::memory_order_relaxed);
  }
  std::atomic<int>& trials(EndpointIndex endpoint) { return counts_[endpoint]->trials; }

 private:
  // A cache line of its own for each: two loops that ask two hosts do not wait for one another.
  struct alignas(64) Counts {
    std::atomic<int> under_way{0};
    std::atomic<int> trials{0};
  };
  std::vector<std::shared_ptr<Counts>> counts_;
};

// Attempts under way at all endpoints of one provider.
inline int under_way(const Catalogue& catalogue, const InFlight& in_flight, std::size_t provider_index) {
  int sum = 0;
  for (const EndpointIndex endpoint : catalogue.endpoints_of(provider_index)) sum += in_flight.at(endpoint);
  return sum;
}

// One attempt under way. Its generation, and with it the count, must outlive it.
class Flight {
 public:
  explicit Flight(std::atomic<int>& count) : count_(count) { count_.fetch_add(1, std::memory_order_relaxed); }
  ~Flight() { count_.fetch_sub(1, std::memory_order_relaxed); }
  Flight(const Flight&) = delete;
  Flight& operator=(const Flight&) = delete;

 private:
  std::atomic<int>& count_;
};

// A trial under way, until the host has shown what it is worth: only so many at a time, over all loops. As
// long lived as its generation at most.
class TrialPermit {
 public:
  TrialPermit() = default;
  ~TrialPermit() { end(); }
  TrialPermit(const TrialPermit&) = delete;
  TrialPermit& operator=(const TrialPermit&) = delete;

  // False when `most` are under way already.
  bool begin(std::atomic<int>& count, int most) {
    if (count.fetch_add(1, std::memory_order_relaxed) < most) {
      count_ = &count;
      return true;
    }
    count.fetch_sub(1, std::memory_order_relaxed);
    return false;
  }
  void end() {
    if (count_) count_->fetch_sub(1, std::memory_order_relaxed);
    count_ = nullptr;
  }

 private:
  std::atomic<int>* count_ = nullptr;
};

}  // namespace routing
