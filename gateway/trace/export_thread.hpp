// The thread of an exporter, on which nothing waits: what exporters have in common. It is told to end, given
// some time, and left where it does not even when what it waits for is broken off.
#pragma once

#include <chrono>
#include <condition_variable>
#include <functional>
#include <future>
#include <mutex>
#include <string>
#include <thread>

namespace gateway {

class ExportThread {
 public:
  using Abort = std::function<void()>;  // ends a post that is under way, and those that come later
  using Say = std::function<void(const std::string&)>;

  ExportThread(std::chrono::milliseconds patience, Say say, Abort abort);
  // Finishes, however long a post takes.
  ~ExportThread();
  ExportThread(const ExportThread&) = delete;
  ExportThread& operator=(const ExportThread&) = delete;

  // `work` ends soon after `is_ending`.
  void begin(std::function<void()> work);
  // False where the thread does not end.
  bool finish();

  // What it shares with others is theirs under this.
  std::mutex mutex;
  std::condition_variable wakes;
  bool is_ending = false;
  std::chrono::steady_clock::time_point ends{};  // by when, then

  // Its own thread's: said once, when it begins and when it is over.
  void lost(const std::string& what);
  void arrived(const std::string& what);

 private:
  const std::chrono::milliseconds patience_;
  const Say say_;
  const Abort abort_;
  bool is_losing_ = false;
  std::promise<void> ended_;
  std::future<void> end_ = ended_.get_future();
  std::thread thread_;
};

}  // namespace gateway
