// One Prometheus family that cannot grow beyond so many series, buckets counted. Only for metrics*.cpp.
// Belongs to the control loop; the counters it hands out are atomic.
#pragma once

#include <prometheus/counter.h>
#include <prometheus/gauge.h>
#include <prometheus/histogram.h>
#include <prometheus/registry.h>

#include "gateway/metrics/family_facts.hpp"

#include <functional>
#include <initializer_list>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

namespace gateway {

// A registry that can say what is in it.
class MetricRegistry final : public prometheus::Registry {
 public:
  std::vector<FamilyFacts> facts;
};

template <class T>
class MetricFamily {
 public:
  static constexpr std::size_t many = 1'000;

  // `buckets` only for histograms; `most` of families with labels.
  MetricFamily(MetricRegistry& registry, const char* name, const char* help,
               std::vector<std::string> labels = {}, std::vector<double> buckets = {},
               std::size_t most = many)
      : labels_(std::move(labels)),
        buckets_(std::move(buckets)),
        most_(labels_.empty() ? series_each() : most),
        family_(build(registry, name, help)) {
    registry.facts.push_back({name, help, type(), labels_, buckets_, most_});
  }

  // The child with these label values, in the order of the labels; made when it is not there. The last one
  // there is room for has "other" in all labels and stands for all further ones.
  T& child(std::initializer_list<std::string_view> values = {}) {
    prometheus::Labels labels;
    auto value = values.begin();
    for (const std::string& label : labels_) labels[label] = *value++;
    if (family_.Has(labels)) return add(labels);
    if (!labels_.empty() && (children_.size() + 2) * series_each() > most_) {
      for (auto& [name, text] : labels) text = "other";
      if (family_.Has(labels)) return add(labels);
    }
    T& made = add(labels);
    children_.emplace_back(std::move(labels), &made);
    return made;
  }

  // Ends the series of every child whose labels are not `wanted`; references to them dangle.
  void keep_only(const std::function<bool(const prometheus::Labels&)>& wanted) {
    std::erase_if(children_, [&](const auto& child) {
      if (wanted(child.first)) return false;
      family_.Remove(child.second);
      return true;
    });
  }

 private:
  std::size_t series_each() const { return buckets_.empty() ? 1 : buckets_.size() + 3; }

  static constexpr std::string_view type() {
    return std::is_same_v<T, prometheus::Counter> ? "counter"
           : std::is_same_v<T, prometheus::Gauge> ? "gauge"
                                                  : "histogram";
  }

  T& add(const prometheus::Labels& labels) {
    if constexpr (std::is_same_v<T, prometheus::Histogram>) {
      return family_.Add(labels, buckets_);
    } else {
      return family_.Add(labels);
    }
  }

  prometheus::Family<T>& build(prometheus::Registry& registry, const char* name, const char* help) {
    if constexpr (std::is_same_v<T, prometheus::Histogram>) {
      return prometheus::BuildHistogram().Name(name).Help(help).Register(registry);
    } else if constexpr (std::is_same_v<T, prometheus::Counter>) {
      return prometheus::BuildCounter().Name(name).Help(help).Register(registry);
    } else {
      return prometheus::BuildGauge().Name(name).Help(help).Register(registry);
    }
  }

  std::vector<std::string> labels_;
  std::vector<double> buckets_;
  std::size_t most_;
  prometheus::Family<T>& family_;
  std::vector<std::pair<prometheus::Labels, T*>> children_;
};

using CounterFamily = MetricFamily<prometheus::Counter>;
using GaugeFamily = MetricFamily<prometheus::Gauge>;
using HistogramFamily = MetricFamily<prometheus::Histogram>;

}  // namespace gateway
