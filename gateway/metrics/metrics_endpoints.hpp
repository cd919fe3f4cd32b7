// Counting of attempts at endpoints, with every series found by number instead of by text. Only for
// metrics*.cpp. Belongs to the control loop.
#pragma once

#include <array>
#include <memory>
#include <span>
#include <vector>

#include "gateway/metrics/metrics_families.hpp"
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
  void observe(const routing::Snapshot& snapshot, const routing::InFlight& in_flight, config::TimePoint now,
               std::span<const routing::EndpointIndex> drained);

 private:
  using Families = MetricsFamilies;
  // Of one endpoint, or of all those that have none of their own. Made when first needed, so that an endpoint
  // nobody uses costs few series.
  struct Series {
    // By kind of failure; then success, payment, ran_on. At most Families::outcomes - 1 of them, then
    // `other_outcome`.
    std::array<prometheus::Counter*, routing::failure_kinds + 3> attempts{};
    std::size_t outcomes = 0;
    std::array<prometheus::Counter*, Families::token_types> tokens{};
    prometheus::Counter* dollars = nullptr;
    prometheus::Counter* seconds = nullptr;
    prometheus::Counter* output_seconds = nullptr;
    prometheus::Histogram* first_token = nullptr;
    prometheus::Gauge* in_flight = nullptr;
    std::array<prometheus::Gauge*, Families::states> standing{};
    std::array<prometheus::Gauge*, 3> engine{};  // running, waiting, others
    prometheus::Gauge* demoted = nullptr;
  };
  struct ModelSeries {
    prometheus::Histogram* first_token = nullptr;
    prometheus::Histogram* total = nullptr;
    prometheus::Histogram* per_token = nullptr;
    prometheus::Histogram* gap = nullptr;
  };
  struct Labels {
    std::string_view endpoint, model;
  };
  Labels labels_of(routing::EndpointIndex index) const;
  Series& series_of(routing::EndpointIndex index) {
    return busiest_.has_name(index) ? series_[index] : other_;
  }
  prometheus::Counter& attempts_of(const Record& whole, std::size_t number, routing::EndpointIndex index);
  static int demoted_checks(const routing::Quality& quality);
  void set_engine(Series& series, Labels labels, const routing::EngineState& engine);
  // Of each endpoint's check that is noted or demoted, the one that is surest.
  void observe_evidence(const routing::Snapshot& snapshot);
  // Ends the series of all that have none of their own.
  void keep_named();
  void record(const Record& whole, std::size_t number, routing::EndpointIndex index);
  void record_times(const routing::Attempt& attempt, routing::EndpointIndex index);
  void record_checks(const routing::Attempt& attempt);
  void record_usage(const routing::Attempt& attempt, routing::EndpointIndex index);

  MetricsFamilies& families_;
  Today today_;
  Busiest busiest_;
  std::vector<Series> series_;       // by EndpointIndex
  std::vector<ModelSeries> models_;  // by Endpoint::model_index
  Series other_;
  // By check: passed, failed, unjudged.
  std::array<std::array<prometheus::Counter*, 3>, routing::check_count> checked_{};
};

}  // namespace gateway
