// Answers about keys and money: what the ledger knows, and changes of the keys that are made while the
// gateway runs, each on the thread whose disk it waits for. Outlives the loops that ask.
#pragma once

#include <atomic>
#include <boost/asio/steady_timer.hpp>
#include <functional>
#include <future>
#include <memory>
#include <optional>
#include <thread>

#include "gateway/accounts/books.hpp"
#include "gateway/keys/key_calls.hpp"
#include "gateway/keys/key_store.hpp"
#include "gateway/keys/open_keys.hpp"
#include "gateway/ledger/ledger.hpp"
#include "gateway/run/control_pages.hpp"
#include "providers/loop/wall_clock.hpp"

namespace gateway {

class Administration {
 public:
  // Null where the store of keys cannot be used: `why`. `ledger` may be null.
  static std::unique_ptr<Administration> open(const LedgerPlace& place, Books& books, Ledger* ledger,
                                              std::string& why,
                                              providers::WallClock wall = providers::system_wall);
  ~Administration();
  Administration(const Administration&) = delete;
  Administration& operator=(const Administration&) = delete;

  // Before the threads run: the keys that there are.
  std::vector<config::KeySettings> keys() const { return keys_; }
  // What takes them into use, on the loop `control`. Before any thread runs.
  using Adopt = std::function<void(std::vector<config::KeySettings>)>;
  void on_change(boost::asio::io_context& control, Adopt adopt);

  // Whether the store of keys could not be looked at the last time.
  bool is_away() const { return is_away_.load(std::memory_order_relaxed); }

  providers::Task<Administered> answer(Pages::Loop& asker, AdminCall call);

 private:
  struct Changed {
    KeyAnswer answer;
    std::vector<config::KeySettings> keys;
  };
  Administration(const LedgerPlace& place, Books& books, Ledger* ledger, providers::WallClock wall);
  std::int64_t now_seconds() const { return std::chrono::system_clock::to_time_t(wall_()); }
  void look_soon();
  void look();
  std::vector<config::KeySettings> take_into_use();
  providers::Task<KeyAnswer> change(Pages::Loop& asker, KeyCall key_call,
                                    std::shared_ptr<const Generation> generation);
  providers::Task<Administered> keys_page(Pages::Loop& asker, AdminCall call);
  providers::Task<Administered> provisioning(Pages::Loop& asker, AdminCall call);
  providers::Task<Administered> spend(Pages::Loop& asker, AdminCall call);
  providers::Task<Administered> forget(Pages::Loop& asker, AdminCall call);
  providers::Task<Administered> account(Pages::Loop& asker, AdminCall call);
  providers::Task<Administered> one_generation(Pages::Loop& asker, AdminCall call);

  Books& books_;
  Ledger* const ledger_;
  const providers::WallClock wall_;
  std::unique_ptr<KeyStore> store_;
  std::vector<config::KeySettings> keys_;
  boost::asio::io_context* control_ = nullptr;
  Adopt adopt_;
  std::optional<PostgresAddress> shared_in_;  // where other gateways change keys, too
  std::unique_ptr<KeyCalls> calls_;
  std::int64_t version_ = 0;
  std::atomic<bool> is_away_{false};
  std::atomic<bool> is_look_due_{false};
  boost::asio::io_context io_{1};
  boost::asio::steady_timer next_look_{io_};
  boost::asio::executor_work_guard<boost::asio::io_context::executor_type> work_{io_.get_executor()};
  std::thread thread_;
};

}  // namespace gateway
