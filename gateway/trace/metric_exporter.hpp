// Sends metrics to a collector by OTLP/HTTP, on a thread of its own: nothing waits for it. They are sums
// since the process began: what a collector does not take, the next ones say again.
#pragma once

#include <functional>
#include <optional>
#include <string>

#include "gateway/trace/collector.hpp"
#include "gateway/trace/export_thread.hpp"

namespace gateway {

class MetricExporter {
 public:
  using Post = std::function<Posted(const std::string& body)>;
  using Say = ExportThread::Say;
  using Abort = ExportThread::Abort;

  static constexpr std::chrono::seconds patience{2};

  // `say` is told when they begin to be lost, and when they arrive again, on any thread.
  MetricExporter(OtlpSettings settings, std::string version, Post post, Say say, Abort abort);

  // How often they are wanted.
  std::chrono::milliseconds interval() const { return settings_.interval; }
  // In Prometheus' text format, as they are now; what still waits is forgotten for it. From any thread.
  void give(std::string text, config::WallTime now);
  // Sends what waits, for two seconds at most. False where the thread does not end even so.
  bool finish() { return thread_.finish(); }

 private:
  struct Given {
    std::string text;
    config::WallTime at;
  };
  void run();
  void send(const Given& given);

  const OtlpSettings settings_;
  const std::string version_;
  const Post post_;
  std::optional<Given> waiting_;  // under its thread's mutex
  ExportThread thread_;           // ends before what it uses
};

}  // namespace gateway
