// What one contender did in one simulation, counted while it runs. Two of them add up. A value.
#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "routing/terms/outcome.hpp"

namespace routing {

// Counts of times in buckets 1 % apart from 1 ms to an hour, so that any percentile is known to 1 %.
class Spread {
 public:
  static constexpr std::size_t buckets = 1520;

  void add(double seconds);
  void merge(const Spread& other);
  std::uint64_t total() const { return total_; }
  double mean() const { return total_ == 0 ? 0 : sum_ / static_cast<double>(total_); }
  // NaN while empty.
  double quantile(double share) const;

 private:
  std::vector<std::uint32_t> counts_ = std::vector<std::uint32_t>(buckets);
  std::uint64_t total_ = 0;
  double sum_ = 0;
};

// What one host was asked and gave.
struct HostShare {
  std::uint64_t attempts = 0;
  std::uint64_t answers = 0;
  double dollars = 0;     // of the answers
  double ttft = 0;        // seconds, summed over the answers
  double generation = 0;  // likewise
};

struct Scorecard {
  static constexpr std::size_t slices = 60;  // of the trace's length, for shares over time

  std::uint64_t requests = 0;
  std::uint64_t failures = 0;  // requests that nobody answered
  static constexpr std::size_t nobody_asked = failure_kinds;
  std::array<std::uint64_t, failure_kinds + 1> failed_because{};  // those, by how the last attempt ended
  std::uint64_t attempts = 0;
  std::uint64_t hedges = 0;
  std::uint64_t within_slo = 0;
  std::uint64_t lapses = 0;                        // answers that broke what was asked for
  double dollars = 0;                              // everything that was billed
  double waiting_dollars = 0;                      // what the waits were worth, fines for failures included
  Spread ttft;                                     // of answered requests, from their arrival, in seconds
  Spread total;                                    // likewise, to the last token
  std::vector<HostShare> hosts;                    // by endpoint
  std::vector<std::vector<std::uint32_t>> shares;  // [slice][endpoint]: first attempts

  void merge(const Scorecard& other);
  // The mean generalised cost of a request.
  double cost() const {
    return requests == 0 ? 0 : (dollars + waiting_dollars) / static_cast<double>(requests);
  }
};

}  // namespace routing
