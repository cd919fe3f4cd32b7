// Counting of whole requests, with every series found by number instead of by text. Only for metrics*.cpp.
// Belongs to the control loop.
#pragma once

#include <array>
#include <memory>
#include <string>
#include <vector>

#include "gateway/metrics/metrics_families.hpp"
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
  static constexpr std::size_t most_policies = 150;  // times models
  static constexpr std::size_t most_paths = 24;      // the route table has fewer
  struct Path {
    std::string text;
    prometheus::Histogram* time = nullptr;
    std::vector<prometheus::Counter*> requests;  // by model, status and ending; made when first needed
  };
  Path& path_of(const Record& record);
  // What is counted by policy and model, but for the policy's name found by number.
  struct PolicySeries {
    std::string policy, model;
    prometheus::Counter* dollars = nullptr;
    prometheus::Counter* regret = nullptr;
    prometheus::Counter* regret_sd = nullptr;
    prometheus::Counter* judged_cost = nullptr;
    std::array<prometheus::Counter*, 3> judged{};  // by verdict
    std::array<prometheus::Counter*, routing::removals> left_out{};
  };
  struct PolicyTimes {
    std::string policy;
    prometheus::Histogram* first_token = nullptr;
  };
  void record_first_token(const Record& record);
  PolicySeries& policy_of(const Record& record);
  std::string_view model_name(const Record& record) const;
  void record_hindsight(const Record& record, PolicySeries& series);
  void record_spending(const Record& record, PolicySeries& series);
  std::size_t model_of(const Record& record) const;
  prometheus::Counter& counter_of(Path& path, const Record& record);
  void record_failure(const Record& record);
  void record_load(const Record& record);
  void record_attempts(const Record& record);
  void record_left_out(const Record& record, PolicySeries& series);

  MetricsFamilies& families_;
  std::shared_ptr<const routing::Catalogue> catalogue_;
  std::vector<Path> paths_;
  std::array<prometheus::Counter*, routing::reason_count> picks_{};
  std::vector<PolicySeries> policies_;
  std::vector<PolicyTimes> times_;
  prometheus::Counter& retries_;
  prometheus::Counter& received_;
  prometheus::Counter& sent_;
  prometheus::Histogram& decision_time_;
  prometheus::Histogram& added_time_;
};

}  // namespace gateway
