// Counts of positive values in buckets that grow by a constant factor, so that any percentile is known to
// 2.5 %. Two of them add up. Covers 1 ms..600 s when values are seconds; what is outside counts at the end.
// A value, no thread rule. Source: Masson, Rim, Lee 2019, "DDSketch".
#pragma once

#include <array>
#include <cstdint>
#include <span>

#include "routing/terms/prediction.hpp"

namespace routing {

class Histogram {
 public:
  static constexpr std::size_t buckets = 267;

  static std::size_t bucket_of(double value);
  // The value that represents a bucket.
  static double value_of(std::size_t bucket);

  void add(std::size_t bucket, std::uint32_t times);
  void remove(std::size_t bucket, std::uint32_t times);
  void merge(const Histogram& other);
  std::uint64_t total() const { return total_; }
  // NaN while empty.
  Percentiles percentiles() const;
  // The same with the order turned round, for measures of which more is better: p90 is what 90 % reach.
  Percentiles percentiles_from_above() const;

 private:
  void find(std::span<const double> shares, std::span<double> values) const;

  std::array<std::uint32_t, buckets> counts_{};
  std::uint64_t total_ = 0;
};

}  // namespace routing
