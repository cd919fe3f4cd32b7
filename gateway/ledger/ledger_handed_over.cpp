// The ledger that another process is given, and that is taken back from one that is gone.
#include <cstdio>

#include "gateway/ledger/ledger.hpp"
#include "gateway/ledger/left_behind.hpp"

namespace gateway {

using namespace std::chrono_literals;

bool Ledger::hand_over(std::chrono::milliseconds limit) {
  if (!is_writing() || !finish(limit)) return false;
  store_.reset();
  read_store_.reset();
  // The other process follows them, too.
  for (const Followed& each : followed_) {
    for (const auto& [id, known] : each.under_way) elsewhere_.ended(known.of, {});
  }
  followed_.clear();
  for (std::size_t i = 0; i < journals_.size(); ++i) {
    const std::string leaving = leaving_journal(opening_.directory, journals_[i]->epoch());
    // It has this name already where it was to be handed over before.
    (void)std::rename((opening_.directory + "/journal." + std::to_string(i)).c_str(), leaving.c_str());
  }
  return true;
}

bool Ledger::take_back() {
  if (writer_.joinable() && !finish(0ms)) return false;
  try {
    const LeftBehind left =
        take_up_left(*open_ledger(place_, LedgerStore::Mode::write), opening_.directory, say_);
    written_ += left.entries;
    store_ = open_ledger(place_, LedgerStore::Mode::write);
    follow(left.living);
  } catch (const std::exception&) {
    return false;
  }
  for (const auto& journal : journals_) journal->unread();
  is_in_doubt_ = true;
  is_called_ = is_ending_ = false;
  writing_.restart();
  reading_.restart();
  ended_ = {};
  end_ = ended_.get_future();
  run();
  wrote();
  return true;
}

}  // namespace gateway
