#include "routing/simulation/scorecard.hpp"

#include <algorithm>
#include <cmath>

#include "routing/terms/prediction.hpp"

namespace routing {
namespace {

constexpr double least = 1e-3;
const double log_step = std::log(1.01);

}  // namespace

void Spread::add(double seconds) {
  const double place = std::log(std::max(seconds, least) / least) / log_step;
  ++counts_[std::min(static_cast<std::size_t>(place), buckets - 1)];
  ++total_;
  sum_ += seconds;
}

void Spread::merge(const Spread& other) {
  for (std::size_t i = 0; i < buckets; ++i) counts_[i] += other.counts_[i];
  total_ += other.total_;
  sum_ += other.sum_;
}

double Spread::quantile(double share) const {
  if (total_ == 0) return unknown;
  const double wanted = share * static_cast<double>(total_);
  double seen = 0;
  for (std::size_t i = 0; i < buckets; ++i) {
    seen += counts_[i];
    if (seen >= wanted && counts_[i] > 0) return least * std::exp((static_cast<double>(i) + 0.5) * log_step);
  }
  return least * std::exp(static_cast<double>(buckets) * log_step);
}

void Scorecard::merge(const Scorecard& other) {
  requests += other.requests;
  failures += other.failures;
  for (std::size_t i = 0; i < failed_because.size(); ++i) failed_because[i] += other.failed_because[i];
  attempts += other.attempts;
  hedges += other.hedges;
  within_slo += other.within_slo;
  lapses += other.lapses;
  dollars += other.dollars;
  waiting_dollars += other.waiting_dollars;
  ttft.merge(other.ttft);
  total.merge(other.total);
  hosts.resize(std::max(hosts.size(), other.hosts.size()));
  for (std::size_t i = 0; i < other.hosts.size(); ++i) {
    hosts[i].attempts += other.hosts[i].attempts;
    hosts[i].answers += other.hosts[i].answers;
    hosts[i].dollars += other.hosts[i].dollars;
    hosts[i].ttft += other.hosts[i].ttft;
    hosts[i].generation += other.hosts[i].generation;
  }
  shares.resize(std::max(shares.size(), other.shares.size()));
  for (std::size_t s = 0; s < other.shares.size(); ++s) {
    shares[s].resize(std::max(shares[s].size(), other.shares[s].size()));
    for (std::size_t i = 0; i < other.shares[s].size(); ++i) shares[s][i] += other.shares[s][i];
  }
}

}  // namespace routing
