#include "gateway/control/kept_state.hpp"

#include <chrono>

#include "gateway/control/loops.hpp"
#include "gateway/observe/change_log.hpp"
#include "gateway/state/gateway_name.hpp"

namespace gateway {
namespace {

constexpr auto patience_for_disk = std::chrono::seconds(5);
// The same before all is handed over, for each of three: whoever comes next waits longer, and clients do not.
constexpr auto patience_for_hand_over = std::chrono::seconds(15);

}  // namespace

bool KeptState::take_directory(TakeOver& predecessor, StateDirectory::Fault& fault, std::string& why) {
  const bool is_temporary = is_tried_out() && settings().state.empty();
  const std::string path = state_path(settings().state);
  const auto take = [&] {
    auto taken = is_temporary ? StateDirectory::temporary(why) : StateDirectory::take(path, fault, why);
    if (taken) directory_.emplace(*std::move(taken));
    return directory_.has_value();
  };
  if (take() || !start_.takes_over || fault != StateDirectory::Fault::in_use) return directory_.has_value();
  const std::optional<int> process = predecessor.ask(path, why);
  if (!process) return false;
  const std::string whose = "process " + std::to_string(*process);
  say_("taking over from " + whose);
  if (take()) return true;
  why = "what " + whose + " handed over is somebody else's by now: " + why;
  return false;
}

bool KeptState::open(TakeOver& predecessor, const Books& books) {
  std::string why;
  StateDirectory::Fault fault = StateDirectory::Fault::unusable;
  config::LedgerSettings wanted = settings().ledger;
  if (is_tried_out()) wanted.journal = std::size_t{1} << 20;
  const bool has_state = take_directory(predecessor, fault, why);
  if (has_state && wanted.enabled) {
    ledger_ = Ledger::open({.directory = path(),
                            .settings = wanted,
                            .loops = static_cast<std::size_t>(Loops::wanted_by(settings())),
                            .gateway = place().gateway,
                            .wall = start_.wall},
                           say_, why);
  }
  const bool needs_ledger = wanted.required || books.has_quotas() || !wanted.url.empty();
  if (has_state && (ledger_ || !wanted.enabled)) return true;
  const bool is_unusable = fault == StateDirectory::Fault::unusable;
  if (!needs_ledger && is_unusable && may_do_without(has_state)) {
    say_((has_state ? "ledger: " : "") + why + "; what requests cost is not kept");
    return true;
  }
  const std::string directory = state_path(settings().state);
  if (!has_state && is_unusable && !directory.empty())
    why += "; without it there are neither keys nor a ledger, and nobody is served: " +
           how_to_have_state(directory);
  if (has_state && !needs_ledger)
    why += "; to serve without one, say `ledger: {enabled: false}` in the configuration";
  say_((has_state ? "ledger: " : "") + why);
  return false;
}

// Keys that are not read refuse nobody, and what is not written down exceeds no budget: who counts on either
// must not be served as if there were none.
bool KeptState::may_do_without(bool has_directory) const {
  if (is_tried_out()) return settings().state.empty();
  return !has_directory && !is_state_expected(settings().state);
}

LedgerPlace KeptState::place() const {
  return {
      .directory = path(), .settings = settings().ledger, .gateway = gateway_name(settings().name, path())};
}

void KeptState::keep_market() {
  if (!directory_ || is_tried_out()) return;
  market_file_ = std::make_unique<MarketFile>(path(), say_);
  const std::string told = control_.keep_market(*market_file_);
  if (!told.empty()) say_(told);
}

bool KeptState::keep_records() {
  if (directory_) {
    control_.keep_disabled(path() + "/disabled");
    control_.keep_changes(change_log_in(path()), say_);
  }
  return settings().records.file.empty() || open_storage();
}

bool KeptState::open_storage() {
  const config::RecordsSettings& wanted = settings().records;
  storage_ = Storage::open(wanted, say_, start_.wall);
  if (storage_) {
    control_.keep_records(*storage_);
    return true;
  }
  // Where the configuration names a file, somebody counts on it.
  if (wanted.is_named) return false;
  say_("this gateway keeps no records; `records: {file: ...}` names another file");
  return true;
}

const std::string& KeptState::records_file() const {
  static const std::string none;
  return storage_ ? settings().records.file : none;
}

bool KeptState::can_be_handed_over() const {
  return directory_ && !is_tried_out() && settings().redis.url.empty();
}

std::optional<std::string> KeptState::hand_over() {
  control_.give_up_state();
  const bool could_write = !ledger_ || ledger_->is_writing();
  std::string missing;
  const auto keep = [&](bool is_kept, const char* what) {
    if (!is_kept) missing.append(missing.empty() ? "" : ", ").append(what);
  };
  keep(!market_file_ || market_file_->finish(patience_for_hand_over), "what the market knows");
  keep(!ledger_ || ledger_->hand_over(patience_for_hand_over), "the ledger");
  keep(!storage_ || storage_->hand_over(patience_for_hand_over), "records");
  if (!could_write && !missing.empty()) return "its ledger cannot be written now";
  if (!missing.empty())
    return "not on disk within " + std::to_string(patience_for_hand_over.count()) + " s: " + missing;
  market_file_.reset();
  directory_.reset();
  return std::nullopt;
}

bool KeptState::take_back() {
  if (!directory_) {
    std::string why;
    StateDirectory::Fault fault{};
    auto taken = StateDirectory::take(state_path(settings().state), fault, why);
    if (!taken) return false;
    directory_.emplace(*std::move(taken));
  }
  // The ledger last: whoever has it back must not be asked again.
  if (market_file_ && !market_file_->finish(std::chrono::milliseconds(0))) return false;
  if ((storage_ && !storage_->take_back()) || (ledger_ && !ledger_->take_back())) return false;
  market_file_ = std::make_unique<MarketFile>(path(), say_);
  control_.take_state_back(market_file_.get());
  return true;
}

bool KeptState::finish() {
  control_.keep_market_now();
  if (market_file_ && !market_file_->finish(patience_for_disk)) return false;
  control_.keep_regrets_now();
  if (ledger_ && !ledger_->finish(patience_for_disk)) return false;
  // A disk that hangs must not keep the process; what it did not take is lost.
  return !storage_ || storage_->finish(patience_for_disk);
}

}  // namespace gateway
