// Sends metrics to a collector by OTLP/HTTP, on a thread of its own: nothing waits for it. They are sums
// since the process began: what a collector does not take, the next ones say again.
#pragma once

#include <condition_variable>
#include <functional>
#include <future>
#include <mutex>
#include <optional>
#include <string>
#include <thread>

#include "gateway/trace/collector.hpp"

namespace gateway {

class MetricExporter {
 public:
  using Post = std::function<Posted(const std::string& body)>;
  using Say = std::function<void(const std::string&)>;
  using Abort = std::function<void()>;  // ends a post that is under way, and those that come later

  static constexpr std::chrono::seconds patience{2};

  // `say` is told when they begin to be lost, and when they arrive again, on any thread.
  MetricExporter(OtlpSettings settings, std::string version, Post post, Say say, Abort abort);
  ~MetricExporter();
  MetricExporter(const MetricExporter&) = delete;
  MetricExporter& operator=(const MetricExporter&) = delete;

  // How often they are wanted.
  std::chrono::milliseconds interval() const { return settings_.interval; }
  // In Prometheus' text format, as they are now; what still waits is forgotten for it. From any thread.
  void give(std::string text, config::WallTime now);
  // Sends what waits, for two seconds at most. False where the thread does not end even so.
  bool finish();

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
  const Say say_;
  const Abort abort_;
  std::mutex mutex_;
  std::condition_variable wakes_;
  std::optional<Given> waiting_;
  bool is_ending_ = false;
  bool is_losing_ = false;  // only its own thread's
  std::promise<void> ended_;
  std::future<void> end_ = ended_.get_future();
  std::thread thread_;
};

}  // namespace gateway
