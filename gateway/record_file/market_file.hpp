// The file in the state directory that keeps what the market learned over a restart. Written by a thread of
// its own, whole or not at all; a disk that fails or hangs costs nothing but the file.
#pragma once

#include <condition_variable>
#include <functional>
#include <mutex>
#include <optional>
#include <string>
#include <thread>

#include "gateway/record_file/memory_bytes.hpp"
#include "gateway/state/file_lock.hpp"

namespace gateway {

class MarketFile {
 public:
  // Told, one line each, what becomes of the file; from any thread.
  using Say = std::function<void(const std::string& line)>;
  MarketFile(std::string directory, Say say);
  MarketFile(const MarketFile&) = delete;
  MarketFile& operator=(const MarketFile&) = delete;
  ~MarketFile();

  // What is kept there, if it is of use.
  std::optional<KeptMemory> read() const;
  // Starts the thread.
  void open();
  // Writes it soon; of several that wait only the last.
  void keep(routing::MarketMemory memory, WallTime taken);
  // Writes what waits and ends the thread. False where the disk did not let it end within `limit`: it must
  // then be left as it is, until the process goes.
  bool finish(std::chrono::milliseconds limit);

 private:
  void run();
  void write(const KeptMemory& kept);
  // Says why it cannot be written, once until it can be again.
  void complain(const std::string& why);
  std::optional<std::string> written(const std::string& bytes);

  const std::string directory_, path_;
  const Say say_;
  std::optional<FileLock> lock_;  // of the thread, as `complained_`
  bool complained_ = false;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::optional<KeptMemory> waiting_;
  enum class State { idle, running, ending, ended } state_ = State::idle;
  std::thread thread_;
};

}  // namespace gateway
