// Counting of whole requests, with every series found by number instead of by text. Only for metrics*.cpp.
// Belongs to the control loop.
#pragma once

#include <array>
#include <memory>
#include <string>
#include <vector>

#include "gateway/observe/metrics_families.hpp"
#include "gateway/observe/record.hpp"
#include "gateway/observe/words.hpp"

namespace gateway {

class RequestMetrics {
 public:
  RequestMetrics(MetricsFamilies& families, std::shared_ptr<const routing::Catalogue> catalogue);
  void adopt(std::shared_ptr<const routing::Catalogue> catalogue);
  void record(const Record& record);

 private:
  static constexpr std::size_t statuses = 6;  // none, 1xx .. 5xx
  static constexpr std::size_t endings = 4;
  static constexpr std::size_t most_paths = 24;  // the route table has fewer
  struct Path {
    std::string text;
    prometheus::Histogram* time = nullptr;
    std::vector<prometheus::Counter*> requests;  // by model, status and ending; made when first needed
  };
  Path& path_of(const Record& record);
  std::size_t model_of(const Record& record) const;
  prometheus::Counter& counter_of(Path& path, const Record& record);
  void record_failure(const Record& record);
  void record_attempts(const Record& record);
  void record_left_out(const Record& record);

  MetricsFamilies& families_;
  std::shared_ptr<const routing::Catalogue> catalogue_;
  std::vector<Path> paths_;
  std::array<prometheus::Counter*, routing::failure_kinds> fallbacks_{};
  std::array<prometheus::Counter*, routing::reason_count> picks_{};
  std::array<prometheus::Counter*, routing::removals> left_out_{};
  prometheus::Counter& retries_;
  prometheus::Counter& received_;
  prometheus::Counter& sent_;
  prometheus::Histogram& decision_time_;
  prometheus::Histogram& added_time_;
};

}  // namespace gateway
