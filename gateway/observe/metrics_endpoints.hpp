// Counting of attempts at endpoints, with every series found by number instead of by text. Only for
// metrics*.cpp. Belongs to the control loop.
#pragma once

#include <array>
#include <memory>
#include <vector>

#include "gateway/observe/metrics_families.hpp"
#include "gateway/observe/record.hpp"
#include "gateway/observe/today.hpp"
#include "gateway/observe/words.hpp"
#include "routing/terms/in_flight.hpp"

namespace gateway {

class EndpointMetrics {
 public:
  EndpointMetrics(MetricsFamilies& families, std::shared_ptr<const routing::Catalogue> catalogue);
  void adopt(std::shared_ptr<const routing::Catalogue> catalogue);
  void record(const Record& record);
  void observe(const routing::Snapshot& snapshot, const routing::InFlight& in_flight, config::TimePoint now);

 private:
  static constexpr std::size_t token_types = 5;
  static constexpr std::size_t states = 5;
  // Of one endpoint. Histograms and rare outcomes are made when first needed, so that an endpoint nobody uses
  // costs no series.
  struct Series {
    // By kind of failure; then success, payment.
    std::array<prometheus::Counter*, routing::failure_kinds + 2> attempts{};
    std::array<prometheus::Counter*, token_types> tokens{};
    prometheus::Counter* dollars = nullptr;
    prometheus::Histogram* first_token = nullptr;
    prometheus::Histogram* total = nullptr;
    prometheus::Histogram* per_token = nullptr;
    prometheus::Histogram* gap = nullptr;
    prometheus::Gauge* in_flight = nullptr;
    std::array<prometheus::Gauge*, states> standing{};
    std::array<prometheus::Gauge*, 3> engine{};  // running, waiting, others
  };
  void record(const routing::Attempt& attempt, routing::EndpointIndex index);
  void record_times(const routing::Attempt& attempt, routing::EndpointIndex index);
  void record_usage(const routing::Attempt& attempt, routing::EndpointIndex index);

  MetricsFamilies& families_;
  Today today_;
  std::vector<Series> series_;  // by EndpointIndex
};

}  // namespace gateway
