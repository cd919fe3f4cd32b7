#include "gateway/metrics/exposition.hpp"

#include <array>
#include <charconv>
#include <cmath>
#include <cstdint>
#include <limits>
#include <string_view>
#include <type_traits>
#include <utility>

namespace gateway {
namespace {

using prometheus::ClientMetric;
using prometheus::MetricType;

class Exposition {
 public:
  void family(const prometheus::MetricFamily& family) {
    if (family.metric.empty()) return;
    put("# HELP ", family.name, " ", family.help, "\n# TYPE ", family.name, " ", word(family.type), "\n");
    for (const ClientMetric& metric : family.metric) {
      switch (family.type) {
        case MetricType::Counter:
          line(family.name, "", metric, metric.counter.value);
          break;
        case MetricType::Gauge:
          line(family.name, "", metric, metric.gauge.value);
          break;
        case MetricType::Histogram:
          histogram(family.name, metric);
          break;
        default:  // of which there are none
          break;
      }
    }
  }
  std::string take() { return std::move(text_); }

 private:
  static std::string_view word(MetricType type) {
    return type == MetricType::Counter ? "counter" : type == MetricType::Gauge ? "gauge" : "histogram";
  }

  void put(auto... parts) { (text_.append(parts), ...); }

  void number(double value) {
    if (!std::isfinite(value)) return put(std::isnan(value) ? "NaN" : value > 0 ? "+Inf" : "-Inf");
    // Most are counts.
    if (std::abs(value) < 1e15 && value == std::trunc(value)) return digits(static_cast<std::int64_t>(value));
    // With as many digits as the library writes: 0.0002 has no exponent, and bounds are looked for by their
    // text.
    digits(value, std::chars_format::general, 16);
  }

  void digits(auto value, auto... how) {
    std::array<char, 48> room;
    text_.append(room.data(), std::to_chars(room.data(), room.data() + room.size(), value, how...).ptr);
  }

  void escaped(std::string_view value) {
    for (const char c : value) {
      if (c == '\n') {
        text_ += "\\n";
      } else {
        if (c == '\\' || c == '"') text_ += '\\';
        text_ += c;
      }
    }
  }

  // Up to the last label's quote, or to the name's end where there is none.
  void head(std::string_view name, std::string_view suffix, const ClientMetric& metric) {
    put(name, suffix);
    char before = '{';
    for (const ClientMetric::Label& label : metric.label) {
      text_ += before;
      put(std::string_view(label.name), "=\"");
      escaped(label.value);
      text_ += '"';
      before = ',';
    }
  }

  void line(std::string_view name, std::string_view suffix, const ClientMetric& metric, auto value) {
    head(name, suffix, metric);
    put(metric.label.empty() ? " " : "} ");
    if constexpr (std::is_floating_point_v<decltype(value)>) {
      number(value);
    } else {
      digits(value);
    }
    text_ += '\n';
  }

  void bucket(std::string_view name, const ClientMetric& metric, double bound, std::uint64_t count) {
    head(name, "_bucket", metric);
    put(metric.label.empty() ? "{le=\"" : ",le=\"");
    number(bound);
    put("\"} ");
    digits(count);
    text_ += '\n';
  }

  void histogram(std::string_view name, const ClientMetric& metric) {
    const ClientMetric::Histogram& seen = metric.histogram;
    line(name, "_count", metric, seen.sample_count);
    line(name, "_sum", metric, seen.sample_sum);
    for (const ClientMetric::Bucket& each : seen.bucket)
      bucket(name, metric, each.upper_bound, each.cumulative_count);
    if (seen.bucket.empty() || std::isfinite(seen.bucket.back().upper_bound))
      bucket(name, metric, std::numeric_limits<double>::infinity(), seen.sample_count);
  }

  std::string text_;
};

}  // namespace

std::string exposition(std::span<const prometheus::MetricFamily> families) {
  Exposition page;
  for (const prometheus::MetricFamily& family : families) page.family(family);
  return page.take();
}

}  // namespace gateway
