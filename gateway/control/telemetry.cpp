#include "gateway/control/telemetry.hpp"

namespace gateway {

void Telemetry::begin(const Start& start, ControlLoop& control, const Say& say) {
  if (start.traces) {
    say("traces go to " + to_text(start.traces->url));
    trace_collector_ = std::make_unique<Collector>(*start.traces);
    traces_ = std::make_unique<TraceExporter>(
        *start.traces, start.version,
        [this](const std::string& body) { return trace_collector_->post(body); }, say,
        [&control](std::uint64_t spans) { control.counters().count(Event::span_dropped, spans); },
        [this] { trace_collector_->abort(); });
    control.trace_to(*traces_);
  }
  if (start.metrics) {
    say("metrics go to " + to_text(start.metrics->url));
    metric_collector_ = std::make_unique<Collector>(*start.metrics);
    metrics_ = std::make_unique<MetricExporter>(
        *start.metrics, start.version,
        [this](const std::string& body) { return metric_collector_->post(body); }, say,
        [this] { metric_collector_->abort(); });
    control.export_metrics_to(*metrics_);
  }
}

bool Telemetry::finish(ControlLoop& control) {
  control.export_metrics_now();
  const bool are_traces_told = !traces_ || traces_->finish();
  const bool are_metrics_told = !metrics_ || metrics_->finish();
  return are_traces_told && are_metrics_told;
}

}  // namespace gateway
