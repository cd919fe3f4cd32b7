// Answers about keys and money: what the ledger knows, and changes of the keys that are made while the
// gateway runs, each on the thread whose disk it waits for. Outlives the loops that ask.
#pragma once

#include <functional>
#include <future>
#include <memory>
#include <thread>

#include "gateway/accounts/books.hpp"
#include "gateway/keys/key_store.hpp"
#include "gateway/ledger/ledger.hpp"
#include "gateway/run/control_pages.hpp"

namespace gateway {

class Administration {
 public:
  // Null where the store of keys cannot be used: `why`. `ledger` may be null.
  static std::unique_ptr<Administration> open(const std::string& directory, Books& books, Ledger* ledger,
                                              std::string& why);
  ~Administration();
  Administration(const Administration&) = delete;
  Administration& operator=(const Administration&) = delete;

  // Before the threads run: the keys that there are.
  std::vector<config::KeySettings> keys() const { return keys_; }
  // What takes them into use, on the loop `control`. Before any thread runs.
  using Adopt = std::function<void(std::vector<config::KeySettings>)>;
  void on_change(boost::asio::io_context& control, Adopt adopt);

  providers::Task<Administered> answer(Pages::Loop& asker, AdminCall call);

 private:
  struct Changed {
    KeyAnswer answer;
    std::vector<config::KeySettings> keys;
  };
  Administration(const std::string& path, Books& books, Ledger* ledger);
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
  std::unique_ptr<KeyStore> store_;
  std::vector<config::KeySettings> keys_;
  boost::asio::io_context* control_ = nullptr;
  Adopt adopt_;
  boost::asio::io_context io_{1};
  boost::asio::executor_work_guard<boost::asio::io_context::executor_type> work_{io_.get_executor()};
  std::thread thread_;
};

}  // namespace gateway
