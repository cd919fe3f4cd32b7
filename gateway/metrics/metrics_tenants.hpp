// Counting by team and key: the first 990 have series of their own, all others together one. Only for
// metrics*.cpp. Belongs to the control loop.
#pragma once

#include <string>
#include <unordered_map>

#include "config/values/settings.hpp"
#include "gateway/metrics/metrics_families.hpp"
#include "gateway/observe/record.hpp"

namespace gateway {

class TenantMetrics {
 public:
  TenantMetrics(MetricsFamilies& families, config::Tenants by) : families_(families), by_(by) {}
  // Of a reload. What was counted otherwise stays as it is.
  void adopt(config::Tenants by);
  void record(const Record& record);

 private:
  static constexpr std::size_t most = MetricsFamilies::of_tenants - 10;
  struct Series {
    prometheus::Counter *requests, *prompt, *output, *cost, *charged;
  };
  Series& series_of(const Record& record);
  Series series(std::string_view team, std::string_view key);
  void record_limit(const LimitHit& hit);

  MetricsFamilies& families_;
  config::Tenants by_;
  std::unordered_map<std::string, Series> all_;
  std::string name_;  // scratch
};

}  // namespace gateway
