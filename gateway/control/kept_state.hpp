// What a gateway keeps over a restart, and whose that is: the directory of state, in it the ledger and what
// the market knows, and the file of records. From hand_over() on all of it is another process's, until
// take_back(). Belongs to who starts and ends the gateway, and to the control loop while that runs.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "gateway/accounts/books.hpp"
#include "gateway/control/control_loop.hpp"
#include "gateway/control/gateway.hpp"
#include "gateway/control/take_over.hpp"
#include "gateway/ledger/ledger.hpp"
#include "gateway/record_file/market_file.hpp"
#include "gateway/record_file/storage.hpp"
#include "gateway/state/state_directory.hpp"

namespace gateway {

class KeptState {
 public:
  // Where an operator reads what happens; from any thread.
  using Say = std::function<void(const std::string&)>;
  // Both must outlive it.
  KeptState(const Start& start, ControlLoop& control, Say say)
      : start_(start), control_(control), say_(std::move(say)) {}

  // Takes the directory, from the gateway that has it where that is wanted, and opens the ledger in it.
  // False, and said why: without it this gateway must not serve. `books` say whether there are quotas.
  bool open(TakeOver& predecessor, const Books& books);
  // What the market knows from now on, and what it knew before; once nothing changes hosts' addresses any
  // more.
  void keep_market();
  // Records, who is disabled, and changes. False, and said why: somebody counts on records.
  bool keep_records();

  bool has_directory() const { return directory_.has_value(); }
  // Of the directory, which must be there.
  const std::string& path() const { return directory_->path(); }
  // How this gateway is called, and where its ledger and keys are; as path().
  LedgerPlace place() const;
  Ledger* ledger() const { return ledger_.get(); }     // null: none is kept
  Storage* storage() const { return storage_.get(); }  // null: no records are kept
  const std::string& records_file() const;             // empty likewise
  // Where administration is reached, for commands.
  void announce(const std::string& url) const {
    if (directory_) directory_->announce(url);
  }

  // Whether another process could go on with it: where gateways share limits, they are known by their names.
  bool can_be_handed_over() const;
  // Gives all up for another process. Nothing: it has it. Else why not, in words, and take_back() is the only
  // way on.
  std::optional<std::string> hand_over();
  // That one is gone. False: not all can be had again yet.
  bool take_back();
  // Brings all to disk, once nothing runs any more. False: a disk hangs, and the process must go as it is.
  bool finish();

 private:
  bool take_directory(TakeOver& predecessor, StateDirectory::Fault& fault, std::string& why);
  bool may_do_without(bool has_directory) const;
  bool open_storage();
  const config::Settings& settings() const { return start_.settings; }
  // What is tried out without a configuration is kept as long as the process.
  bool is_tried_out() const { return start_.file.empty(); }

  const Start& start_;
  ControlLoop& control_;
  Say say_;
  std::optional<StateDirectory> directory_;
  std::unique_ptr<Storage> storage_;
  std::unique_ptr<MarketFile> market_file_;
  std::unique_ptr<Ledger> ledger_;
};

}  // namespace gateway
