#include "routing/windows/histogram.hpp"

#include <algorithm>
#include <cmath>

namespace routing {
namespace {

constexpr double least = 0.001;
constexpr double relative_error = 0.025;
// Neighbouring buckets meet where both are off by the same share.
constexpr double growth = (1 + relative_error) / (1 - relative_error);
const double log_growth = std::log(growth);

}  // namespace

std::size_t Histogram::bucket_of(double value) {
  if (!(value > least)) return 0;
  const double place = std::ceil(std::log(value / least) / log_growth);
  return std::min(buckets - 1, static_cast<std::size_t>(std::min(place, 1e6)));
}

double Histogram::value_of(std::size_t bucket) {
  // Between the edges least·growth^(bucket-1) and least·growth^bucket, equally far from both in relation.
  return least * std::exp(log_growth * static_cast<double>(bucket)) * 2 / (1 + growth);
}

void Histogram::add(std::size_t bucket, std::uint32_t times) {
  counts_[bucket] += times;
  total_ += times;
}

void Histogram::remove(std::size_t bucket, std::uint32_t times) {
  counts_[bucket] -= times;
  total_ -= times;
}

void Histogram::merge(const Histogram& other) {
  for (std::size_t b = 0; b < buckets; ++b) counts_[b] += other.counts_[b];
  total_ += other.total_;
}

void Histogram::find(std::span<const double> shares, std::span<double> values) const {
  if (total_ == 0) return;
  std::uint64_t below = 0;
  std::size_t next = 0;
  for (std::size_t b = 0; b < buckets && next < shares.size(); ++b) {
    below += counts_[b];
    // The smallest value that at least this share of all do not exceed.
    while (next < shares.size() &&
           static_cast<double>(below) >= std::max(1.0, shares[next] * static_cast<double>(total_) - 1e-9)) {
      values[next++] = value_of(b);
    }
  }
}

Percentiles Histogram::percentiles() const {
  constexpr double shares[] = {0.50, 0.75, 0.90, 0.95, 0.99};
  double found[] = {unknown, unknown, unknown, unknown, unknown};
  find(shares, found);
  return {found[0], found[1], found[2], found[3], found[4]};
}

Percentiles Histogram::percentiles_from_above() const {
  constexpr double shares[] = {0.01, 0.05, 0.10, 0.25, 0.50};
  double found[] = {unknown, unknown, unknown, unknown, unknown};
  find(shares, found);
  return {found[4], found[3], found[2], found[1], found[0]};
}

}  // namespace routing
