// Where a running gateway looks requests up: a thread of its own reads the record file, so that neither
// serving nor learning waits for a disk.
#pragma once

#include <atomic>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <memory>
#include <optional>
#include <string>
#include <thread>

#include "gateway/record_file/record_reader.hpp"
#include "gateway/record_file/storage.hpp"
#include "gateway/text/table.hpp"
#include "providers/loop/spawn.hpp"
#include "providers/loop/task.hpp"

namespace gateway {

class RecordDesk {
 public:
  struct Answer {
    int status = 200;  // 404, 503
    std::string body;  // or why not, as a sentence
  };

  // `storage` writes `file` and must outlive the desk; null and empty where no records are kept.
  RecordDesk(Storage* storage, std::string file);
  ~RecordDesk();
  RecordDesk(const RecordDesk&) = delete;
  RecordDesk& operator=(const RecordDesk&) = delete;

  // As JSON, or as a table for the screen. `asker` is the loop of the one who asks.
  providers::Task<Answer> explained(boost::asio::io_context& asker, std::string id,
                                    std::optional<Screen> screen);
  // Calls `make`, which gives an Answer, on this thread.
  template <class Make>
  providers::Task<Answer> run(boost::asio::io_context& asker, Make make) {
    if (waiting_.fetch_add(1) >= most_waiting) {
      waiting_.fetch_sub(1);
      co_return Answer{.status = 503, .body = "too much is asked for at once; ask again"};
    }
    // A task of its own: GCC 12 destroys twice what a whole expression with co_await makes on its way.
    auto making = providers::elsewhere(io_, asker, [this, make] {
      struct Counted {
        std::atomic<int>& waiting;
        ~Counted() { waiting.fetch_sub(1); }
      } const counted{waiting_};
      try {
        return Answer(make());
      } catch (const std::exception& fault) {
        return Answer{.status = 503, .body = std::string("this cannot be made now: ") + fault.what()};
      }
    });
    co_return co_await std::move(making);
  }
  const std::string& file() const { return file_; }

 private:
  Answer look_up(const std::string& id, const std::optional<Screen>& screen);

  static constexpr int most_waiting = 16;
  Storage* storage_;
  const std::string file_;
  std::atomic<int> waiting_{0};
  std::unique_ptr<RecordReader> reader_;  // absent until somebody asks, and after a fault
  boost::asio::io_context io_{1};
  boost::asio::executor_work_guard<boost::asio::io_context::executor_type> work_{io_.get_executor()};
  std::thread thread_;
};

// One request of a record file, explained; what `isocost explain --request` prints.
RecordDesk::Answer explained_request(RecordReader& reader, const std::string& id,
                                     const std::optional<Screen>& screen);

}  // namespace gateway
