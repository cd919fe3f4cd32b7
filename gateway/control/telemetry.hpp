// Traces and metrics that go to a collector, as far as somebody wants them. Says where they go.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "gateway/control/control_loop.hpp"
#include "gateway/control/gateway.hpp"
#include "gateway/trace/metric_exporter.hpp"
#include "gateway/trace/trace_exporter.hpp"

namespace gateway {

class Telemetry {
 public:
  using Say = std::function<void(const std::string&)>;
  // Before the threads run; outlives the control loop's thread.
  void begin(const Start& start, ControlLoop& control, const Say& say);
  // Once that has ended: the last is told, as far as the collectors take it in time. False where they did
  // not.
  bool finish(ControlLoop& control);

 private:
  std::unique_ptr<Collector> trace_collector_, metric_collector_;  // outlive those who export to them
  std::unique_ptr<MetricExporter> metrics_;
  std::unique_ptr<TraceExporter> traces_;
};

}  // namespace gateway
