// The one thread that writes records to disk, so that no request ever waits for it. What comes faster than
// the disk takes it is dropped and counted; when the disk fails, records are dropped until it works again. A
// record whose decision saw a snapshot that was dropped is dropped, too.
#pragma once

#include <atomic>
#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <functional>
#include <future>
#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "config/values/settings.hpp"
#include "gateway/record_file/missing_snapshots.hpp"
#include "gateway/record_file/pause.hpp"
#include "gateway/record_file/record_writer.hpp"
#include "providers/loop/task.hpp"
#include "providers/loop/wall_clock.hpp"

namespace gateway {

class Storage {
 public:
  // Tells an operator something; called on the storage thread.
  using Say = std::function<void(const std::string&)>;

  // Nothing when the file cannot be used: another process has it, it is something else, or the disk refuses.
  // One of another version or a damaged one is set aside and a new one begun. `say` says all of this.
  static std::unique_ptr<Storage> open(const config::RecordsSettings& settings, Say say,
                                       providers::WallClock wall = providers::system_wall);
  ~Storage();
  Storage(const Storage&) = delete;
  Storage& operator=(const Storage&) = delete;

  // Called on the control loop. A snapshot comes before the records of decisions on it.
  void keep(std::shared_ptr<const routing::Snapshot> snapshot);
  // `give_back` takes the records when they are read, on the storage thread, or at once where they are lost.
  using GiveBack = std::function<void(std::vector<RecordPtr>)>;
  void keep(std::vector<RecordPtr> records, GiveBack give_back);
  // Makes all that was kept until now safe; for whoever reads the file. Any thread may ask, and waits as
  // long as the disk does.
  providers::Task<void> settle(boost::asio::io_context& asker);
  // Records that were dropped so far.
  std::uint64_t lost() const { return lost_.load(std::memory_order_relaxed); }
  // Writes what waits and ends the thread. False where the disk did not let it end within `limit`: it must
  // then be left as it is, until the process goes.
  bool finish(std::chrono::milliseconds limit = std::chrono::hours(1));
  // Finishes, and leaves the file to another process. What is to be kept after it is lost, and counted.
  bool hand_over(std::chrono::milliseconds limit);
  // That one is gone. False: the file cannot be used yet.
  bool take_back();

  // As many snapshots may wait for the disk: some seconds of them.
  static constexpr std::size_t most_snapshots_waiting = 100;

 private:
  Storage(const config::RecordsSettings& settings, Say say, providers::WallClock wall, FileLock lock);
  bool reopen();
  void run();
  // Of a file that failed, once its pause is over.
  bool is_open_again();
  // False where it was not written.
  template <class Work>
  bool write(std::size_t records, Work work);
  void keep_batch(const std::vector<RecordPtr>& batch);
  bool can_be_replayed(const Record& record) const;
  void commit();
  void commit_soon();
  void failed(const std::exception& fault, std::size_t records);

  config::RecordsSettings settings_;
  Say say_;
  const providers::WallClock wall_;
  std::optional<FileLock> lock_;        // absent while another process has the file
  std::optional<RecordWriter> writer_;  // absent after a fault, until it could be opened again
  std::size_t uncommitted_ = 0;         // records
  LoggedRequest scratch_;               // keeps its memory
  std::shared_ptr<const routing::Snapshot> latest_;
  MissingSnapshots missing_;
  std::uint64_t first_uncommitted_ = 0;   // version of a snapshot; 0: none
  Pause pause_{std::chrono::seconds(5)};  // between attempts to open the file again
  std::atomic<std::size_t> waiting_{0};
  std::atomic<std::size_t> snapshots_waiting_{0};
  std::uint64_t dropped_first_ = 0, dropped_last_ = 0;  // versions the storage thread does not know of yet
  std::atomic<std::uint64_t> lost_{0};
  boost::asio::io_context io_{1};
  std::optional<boost::asio::executor_work_guard<boost::asio::io_context::executor_type>> work_;
  std::atomic<bool> is_left_{false};  // to another process
  boost::asio::steady_timer regular_{io_};
  std::promise<void> ended_;
  std::future<void> end_ = ended_.get_future();
  std::thread thread_;
};

}  // namespace gateway
