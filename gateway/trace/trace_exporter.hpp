// Sends traces to a collector by OTLP/HTTP, on a thread of its own: nothing waits for it. What it cannot get
// rid of is dropped, the oldest first, and counted. `add` belongs to the control loop.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <deque>
#include <functional>
#include <future>
#include <mutex>
#include <string>
#include <thread>

#include "gateway/trace/collector.hpp"

namespace gateway {

class TraceExporter {
 public:
  using Post = std::function<Posted(const std::string& body)>;
  using Say = std::function<void(const std::string&)>;
  using Dropped = std::function<void(std::uint64_t spans)>;
  using Abort = std::function<void()>;  // ends a post that is under way, and those that come later

  static constexpr std::size_t most_waiting = 8'192, most_at_once = 512;  // spans
  static constexpr std::chrono::seconds patience{5};
  static constexpr int most_tries = 5;

  // `say` is told when spans begin to be lost, and when they arrive again; both it and `dropped` on any
  // thread.
  TraceExporter(OtlpSettings settings, std::string version, Post post, Say say, Dropped dropped,
                Abort abort = {});
  // Finishes, however long a post takes.
  ~TraceExporter();
  // Sends what waits, for five seconds at most. False where the thread does not end even so.
  bool finish();
  TraceExporter(const TraceExporter&) = delete;
  TraceExporter& operator=(const TraceExporter&) = delete;

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
  const Say say_;
  const Dropped dropped_;
  std::mutex mutex_;
  std::condition_variable wakes_;
  std::deque<Part> waiting_;
  std::size_t spans_waiting_ = 0;
  bool is_ending_ = false;
  std::chrono::steady_clock::time_point ends_{};
  bool is_losing_ = false;  // only its own thread's
  const Abort abort_;
  std::promise<void> ended_;
  std::future<void> end_ = ended_.get_future();
  std::thread thread_;
};

}  // namespace gateway
