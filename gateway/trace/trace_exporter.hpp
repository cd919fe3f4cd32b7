// Sends traces to a collector by OTLP/HTTP, on a thread of its own: nothing waits for it. What it cannot get
// rid of is dropped, the oldest first, and counted. `add` belongs to the control loop.
#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <string>

#include "gateway/trace/collector.hpp"
#include "gateway/trace/export_thread.hpp"

namespace gateway {

class TraceExporter {
 public:
  using Post = std::function<Posted(const std::string& body)>;
  using Say = ExportThread::Say;
  using Dropped = std::function<void(std::uint64_t spans)>;
  using Abort = ExportThread::Abort;

  static constexpr std::size_t most_waiting = 8'192, most_at_once = 512;  // spans
  static constexpr std::chrono::seconds patience{5};
  static constexpr int most_tries = 5;

  // `say` is told when spans begin to be lost, and when they arrive again; both it and `dropped` on any
  // thread.
  TraceExporter(OtlpSettings settings, std::string version, Post post, Say say, Dropped dropped,
                Abort abort = {});
  // Sends what waits, for five seconds at most. False where the thread does not end even so.
  bool finish() { return thread_.finish(); }

  void add(const Record& record);

 private:
  struct Part {
    std::string json;
    std::size_t spans = 0;
  };
  void run();
  // Waits for spans, some seconds for more; nothing once it is time to end and there are none.
  Part take();
  void send(Part part);
  // False: it is time to end.
  bool rest(std::chrono::milliseconds time);
  std::string body_of(const std::string& spans) const;

  const OtlpSettings settings_;
  const std::string version_;
  const Post post_;
  const Dropped dropped_;
  std::deque<Part> waiting_;  // under its thread's mutex
  std::size_t spans_waiting_ = 0;
  ExportThread thread_;  // ends before what it uses
};

}  // namespace gateway
