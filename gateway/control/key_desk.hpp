// The client keys that are made while the gateway runs: a thread of its own, which waits for their store's
// disk, changes them and takes them into use, also where another gateway has changed one. Outlives the loops
// that ask.
#pragma once

#include <atomic>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "config/values/settings.hpp"
#include "gateway/generation/generation.hpp"
#include "gateway/keys/key_calls.hpp"
#include "gateway/keys/key_store.hpp"
#include "gateway/keys/open_keys.hpp"
#include "gateway/ledger/open_ledger.hpp"
#include "gateway/postgres/connection.hpp"
#include "providers/loop/task.hpp"
#include "providers/loop/wall_clock.hpp"

namespace gateway {

class KeyDesk {
 public:
  // Null where the store of keys cannot be used: `why`.
  static std::unique_ptr<KeyDesk> open(const LedgerPlace& place, std::string& why,
                                       providers::WallClock wall = providers::system_wall);
  ~KeyDesk();
  KeyDesk(const KeyDesk&) = delete;
  KeyDesk& operator=(const KeyDesk&) = delete;

  // As it was opened.
  const std::vector<config::KeySettings>& keys() const { return keys_; }
  // Starts the thread. `adopt` takes changed keys into use, on the loop `control`.
  using Adopt = std::function<void(std::vector<config::KeySettings>)>;
  void run(boost::asio::io_context& control, Adopt adopt);
  // Whether the store could not be looked at the last time; from any thread.
  bool is_away() const { return is_away_.load(std::memory_order_relaxed); }

  // What is wanted of it by one who waits on its own loop; what has changed is in use then. Never throws.
  providers::Task<KeyAnswer> answer(boost::asio::io_context& asker, KeyCall call,
                                    std::shared_ptr<const Generation> generation);

 private:
  KeyDesk(const LedgerPlace& place, providers::WallClock wall);
  std::vector<config::KeySettings> all();
  void look_soon();
  void look();
  void take_into_use();

  const providers::WallClock wall_;
  std::unique_ptr<KeyStore> store_;  // of the thread, once that runs; as is `version_`
  std::int64_t version_ = 0;
  std::vector<config::KeySettings> keys_;
  boost::asio::io_context* control_ = nullptr;
  Adopt adopt_;
  std::optional<PostgresAddress> shared_in_;  // where other gateways change keys, too
  std::unique_ptr<KeyCalls> calls_;
  std::atomic<bool> is_away_{false};
  std::atomic<bool> is_look_due_{false};
  boost::asio::io_context io_{1};
  boost::asio::steady_timer next_look_{io_};
  boost::asio::executor_work_guard<boost::asio::io_context::executor_type> work_{io_.get_executor()};
  std::thread thread_;
};

}  // namespace gateway
