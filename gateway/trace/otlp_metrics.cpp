#include "gateway/trace/otlp_metrics.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <map>
#include <optional>
#include <vector>

#include "gateway/text/line_writer.hpp"
#include "gateway/trace/otlp_resource.hpp"

namespace gateway {
namespace {

using Labels = std::vector<std::pair<std::string, std::string>>;

struct Sample {
  std::string_view name;
  Labels labels;
  double value = 0;
};

// One line; nothing where it is none. Values of labels have \\, \" and \n in them.
std::optional<Sample> sample_of(std::string_view line) {
  Sample sample;
  const std::size_t name_end = line.find_first_of("{ ");
  if (name_end == std::string_view::npos || name_end == 0) return std::nullopt;
  sample.name = line.substr(0, name_end);
  std::size_t at = name_end;
  if (line[at] == '{') {
    for (++at; at < line.size() && line[at] != '}';) {
      const std::size_t equals = line.find("=\"", at);
      if (equals == std::string_view::npos) return std::nullopt;
      auto& [name, value] = sample.labels.emplace_back(line.substr(at, equals - at), "");
      for (at = equals + 2; at < line.size() && line[at] != '"'; ++at) {
        if (line[at] == '\\' && at + 1 < line.size())
          value += line[++at] == 'n' ? '\n' : line[at];
        else
          value += line[at];
      }
      if (++at < line.size() && line[at] == ',') ++at;
    }
    ++at;
  }
  while (at < line.size() && line[at] == ' ') ++at;
  const std::string_view number = line.substr(std::min(at, line.size()));
  if (number == "+Inf") return sample.value = HUGE_VAL, sample;
  const auto [end, error] = std::from_chars(number.data(), number.data() + number.size(), sample.value);
  if (error != std::errc()) return std::nullopt;
  return sample;
}

std::string number_text(double value) {
  std::array<char, 32> text{};
  const auto end = std::to_chars(text.data(), text.data() + text.size(), value);
  return {text.data(), end.ptr};
}

std::string count_text(double value) {
  return "\"" + std::to_string(static_cast<std::uint64_t>(std::max(0.0, value))) + "\"";
}

// The units of the names, as UCUM has them.
std::string_view unit_of(std::string_view name) {
  if (name.ends_with("_total")) name.remove_suffix(6);
  if (name.ends_with("_seconds")) return "s";
  if (name.ends_with("_bytes")) return "By";
  if (name.ends_with("_ratio")) return "1";
  if (name.ends_with("_dollars")) return "{dollar}";
  if (name.ends_with("_tokens")) return "{token}";
  return "";
}

// What Prometheus writes of one histogram.
struct Buckets {
  std::vector<std::pair<double, double>> up_to;  // bound, cumulative count
  double sum = 0, count = 0;
};

class Writer {
 public:
  Writer(std::string start, std::string now) : start_(std::move(start)), now_(std::move(now)) {}

  void help(std::string_view name, std::string_view text) {
    end_family();
    name_ = name, help_ = text, type_ = {};
  }
  void type(std::string_view name, std::string_view type) {
    if (name != name_) help(name, "");
    type_ = type;
  }
  void add(Sample sample) {
    if (type_ == "histogram") return add_to_histogram(std::move(sample));
    if (!std::isfinite(sample.value) || (type_ != "counter" && type_ != "gauge")) return;
    begin_point(sample.labels);
    points_ += ",\"asDouble\":" + number_text(sample.value) + "}";
  }
  std::string done() {
    end_family();
    return std::move(metrics_);
  }

 private:
  void begin_point(const Labels& labels) {
    points_ += points_.empty() ? "{\"attributes\":[" : ",{\"attributes\":[";
    for (const auto& [name, value] : labels) otlp_attribute(name, value, points_);
    points_ += "],";
    if (type_ != "gauge") points_ += "\"startTimeUnixNano\":\"" + start_ + "\",";
    points_ += "\"timeUnixNano\":\"" + now_ + "\"";
  }
  void add_to_histogram(Sample sample) {
    if (sample.name.ends_with("_bucket")) {
      const auto le = std::ranges::find(sample.labels, "le", &std::pair<std::string, std::string>::first);
      if (le == sample.labels.end()) return;
      double bound = HUGE_VAL;
      if (le->second != "+Inf")
        std::from_chars(le->second.data(), le->second.data() + le->second.size(), bound);
      sample.labels.erase(le);
      histograms_[sample.labels].up_to.emplace_back(bound, sample.value);
    } else if (sample.name.ends_with("_sum")) {
      histograms_[sample.labels].sum = sample.value;
    } else if (sample.name.ends_with("_count")) {
      histograms_[sample.labels].count = sample.value;
    }
  }
  void write_histograms() {
    for (auto& [labels, buckets] : histograms_) {
      std::ranges::sort(buckets.up_to);
      begin_point(labels);
      std::string bounds, counts;
      double before = 0;
      for (const auto& [bound, count] : buckets.up_to) {
        counts += (counts.empty() ? "" : ",") + count_text(count - before);
        before = count;
        if (std::isfinite(bound)) bounds += (bounds.empty() ? "" : ",") + number_text(bound);
      }
      points_ += ",\"count\":" + count_text(buckets.count) +
                 ",\"sum\":" + number_text(std::isfinite(buckets.sum) ? buckets.sum : 0) +
                 ",\"bucketCounts\":[" + counts + "],\"explicitBounds\":[" + bounds + "]}";
    }
    histograms_.clear();
  }
  void write_head(std::string_view begin) {
    LineWriter line(metrics_);
    line.text(begin);
    line.json_string(name_);
    line.text(",\"description\":");
    line.json_string(help_);
    line.text(",\"unit\":");
    line.json_string(unit_of(name_));
  }
  void end_family() {
    if (type_ == "histogram") write_histograms();
    if (points_.empty()) return;
    write_head(metrics_.empty() ? "{\"name\":" : ",{\"name\":");
    metrics_ += type_ == "gauge" ? ",\"gauge\":{\"dataPoints\":["
                : type_ == "counter"
                    ? ",\"sum\":{\"aggregationTemporality\":2,\"isMonotonic\":true,\"dataPoints\":["
                    : ",\"histogram\":{\"aggregationTemporality\":2,\"dataPoints\":[";
    metrics_ += points_ + "]}}";
    points_.clear();
  }

  const std::string start_, now_;
  std::string_view name_, help_, type_;
  std::string points_, metrics_;
  std::map<Labels, Buckets> histograms_;
};

std::string nanos(double seconds) {
  return std::to_string(static_cast<std::int64_t>(seconds * 1e3)) + "000000";
}

// Calls `take(line)` for each.
void each_line(std::string_view text, const auto& take) {
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    take(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
}

}  // namespace

std::string otlp_metrics(std::string_view text, const OtlpSettings& settings, const std::string& version,
                         config::WallTime now) {
  const double at = std::chrono::duration<double>(now.time_since_epoch()).count();
  double began = at;
  each_line(text, [&](std::string_view line) {
    if (!line.starts_with("process_start_time_seconds ")) return;
    if (const auto sample = sample_of(line); sample && sample->value > 0) began = std::min(at, sample->value);
  });
  Writer writer(nanos(began), nanos(at));
  each_line(text, [&](std::string_view line) {
    const bool is_help = line.starts_with("# HELP "), is_type = line.starts_with("# TYPE ");
    if (is_help || is_type) {
      const std::string_view rest = line.substr(7);
      const std::size_t space = std::min(rest.find(' '), rest.size());
      const std::string_view said = rest.substr(std::min(space + 1, rest.size()));
      is_help ? writer.help(rest.substr(0, space), said) : writer.type(rest.substr(0, space), said);
    } else if (!line.empty() && line[0] != '#') {
      if (auto sample = sample_of(line)) writer.add(*std::move(sample));
    }
  });
  return "{\"resourceMetrics\":[{\"resource\":" + otlp_resource(settings, version) +
         ",\"scopeMetrics\":[{\"scope\":{\"name\":\"isocost\",\"version\":\"" + version +
         "\"},\"metrics\":[" + writer.done() + "]}]}]}";
}

}  // namespace gateway
