#include "gateway/ledger/ledger.hpp"

#include <boost/asio/post.hpp>
#include <random>
#include <utility>

#include "gateway/ledger/ledger_times.hpp"
#include "gateway/ledger/left_behind.hpp"
#include "gateway/postgres/connection.hpp"
#include "providers/loop/named_thread.hpp"
#include "providers/loop/run_to_end.hpp"

namespace gateway {
namespace {

namespace asio = boost::asio;
using namespace std::chrono_literals;

constexpr auto between_commits = 100ms;
constexpr auto between_syncs = 1s;  // of the journals: what a power cut may take of who is under way
constexpr auto between_forgettings = 10min;
constexpr std::size_t most_in_a_commit = 16'384;

std::uint64_t fresh_epoch() {
  std::random_device entropy;
  return ((static_cast<std::uint64_t>(entropy()) << 32) | entropy()) >> 1;
}

}  // namespace

Ledger::Ledger(const Opening& opening, Say say)
    : opening_(opening),
      place_{.directory = opening.directory, .settings = opening.settings, .gateway = opening.gateway},
      say_(std::move(say)) {}

Ledger::~Ledger() {
  if (writer_.joinable()) finish(1h);
}

// What a process that was killed had sent may come to its end now, and another one be done of what it did.
void Ledger::take_up() {
  constexpr int most_tries = 3;
  for (int tried = 1;; ++tried) {
    try {
      const LeftBehind left = take_up_left(*await_ledger(place_, say_), opening_.directory, say_);
      written_ += left.entries;
      store_ = open_ledger(place_, LedgerStore::Mode::write);
      return follow(left.living);
    } catch (const PostgresFault& fault) {
      if (tried == most_tries || fault.kind() != PostgresFault::Kind::duplicate) throw;
    }
  }
}

std::unique_ptr<Ledger> Ledger::open(const Opening& opening, Say say, std::string& why) {
  std::unique_ptr<Ledger> ledger(new Ledger(opening, std::move(say)));
  try {
    ledger->take_up();
  } catch (const std::exception& fault) {
    why = opening_fault(ledger->place_, fault);
    return nullptr;
  }
  for (std::size_t i = 0; i < opening.loops; ++i) {
    const std::string path = opening.directory + "/journal." + std::to_string(i);
    auto journal = Journal::make(path, opening.settings.journal, fresh_epoch(), why);
    if (!journal) return nullptr;
    ledger->journals_.push_back(std::move(journal));
  }
  return ledger;
}

void Ledger::run() {
  writes_.emplace(writing_.get_executor());
  reads_.emplace(reading_.get_executor());
  if (!followed_.empty()) wrote();
  writer_ = providers::patient_thread("ledger", [this] {
    providers::run_to_end(
        writing_, [this](const std::exception& fault) { say_(std::string("ledger: ") + fault.what()); });
    ended_.set_value();
  });
  reader_ = providers::named_thread("ledger reports", [this] {
    providers::run_to_end(
        reading_, [this](const std::exception& fault) { say_(std::string("ledger: ") + fault.what()); });
  });
}

void Ledger::call() {
  asio::post(writing_, [this] { collect_soon(between_commits); });
}

void Ledger::collect_soon(std::chrono::milliseconds wait) {
  if (is_ending_) return;
  regular_.expires_after(wait);
  regular_.async_wait([this](boost::system::error_code error) {
    if (!error) collect();
  });
}

void Ledger::collect() {
  is_called_.store(false, std::memory_order_release);
  try {
    if (!store_) store_ = open_ledger(place_, LedgerStore::Mode::write);
    // Before they are read: nothing comes from them after that.
    const std::vector<std::string> ended = ended_elsewhere();
    look_elsewhere();
    while (write_some()) {
    }
    release_missing();
    write_own();
    leave_those_who_ended(ended);
    caught_up_.store(config::Clock::now().time_since_epoch().count(), std::memory_order_relaxed);
    if (!is_writing_.exchange(true)) say_("ledger: " + place_.words() + " can be written again");
    forget_old();
    write_regrets();
    // They have no way to call.
    if (!followed_.empty() && !is_called_.exchange(true)) collect_soon(between_commits);
  } catch (const std::exception& fault) {
    failed(fault);
    is_called_.store(true, std::memory_order_release);
    collect_soon(after_a_fault);
  }
}

bool Ledger::write_some() {
  std::size_t count = 0;
  store_->begin();
  EntryView entry;  // views into the journals
  std::string_view detail;
  const auto read = [&](Journal& journal, bool may_be_there, const auto& take) {
    std::uint64_t last = 0;
    count += journal.read(most_in_a_commit - count, [&](std::uint64_t number, std::string_view bytes) {
      const bool is_there = may_be_there && store_->has(journal.epoch(), number);
      if (read_entry(bytes, entry, detail)) {
        if (!is_there) store_->add(entry, detail);
        take(bytes);
      }
      last = number;
    });
    if (last > 0) store_->note_read(journal.epoch(), last);
  };
  // After a fault it is not known whether the last commit was one; nor is it of others' journals.
  for (const auto& journal : journals_) read(*journal, is_in_doubt_, [](std::string_view) {});
  std::vector<std::pair<Followed*, Entry>> elsewhere;
  for (Followed& each : followed_) {
    read(*each.journal, true,
         [&](std::string_view bytes) { read_entry(bytes, elsewhere.emplace_back(&each, Entry{}).second); });
  }
  if (count == 0) return store_->roll_back(), false;
  store_->commit();
  is_in_doubt_ = false;
  for (const auto& journal : journals_) journal->release();
  for (const Followed& each : followed_) each.journal->release();
  for (const auto& [from, of] : elsewhere) {
    from->under_way.erase(of.id);
    if (elsewhere_.ended) elsewhere_.ended(of, {.requests = 1, .tokens = of.tokens(), .nanos = of.charged});
  }
  // Each page that a loop writes after it costs the loop a fault; a kill needs none of it.
  const auto now = std::chrono::steady_clock::now();
  if (now >= next_sync_) {
    next_sync_ = now + between_syncs;
    for (const auto& journal : journals_) journal->sync();
  }
  written_.fetch_add(count, std::memory_order_relaxed);
  return count == most_in_a_commit;
}

void Ledger::forget_old() {
  const auto now = std::chrono::steady_clock::now();
  if (now < next_forgetting_) return;
  const auto keep = std::chrono::duration_cast<std::chrono::milliseconds>(opening_.settings.keep).count();
  store_->begin();
  const bool is_more = store_->forget_before(ms_of(opening_.wall()) - keep);
  store_->commit();
  if (!is_more) next_forgetting_ = now + between_forgettings;
}

void Ledger::failed(const std::exception& fault) {
  faults_.fetch_add(1, std::memory_order_relaxed);
  for (const auto& journal : journals_) journal->unread();
  for (const Followed& each : followed_) each.journal->unread();
  is_in_doubt_ = true;
  store_.reset();  // what a disk that failed has taken is only known once the file was opened again
  if (is_writing_.exchange(false)) {
    say_("ledger: cannot write " + place_.words() + ": " + fault_words(place_, fault) +
         "; what requests cost is kept in the journals until it works");
  }
}

void Ledger::add(Entry entry) {
  constexpr std::size_t most = 10'000;
  asio::post(writing_, [this, one = std::move(entry)]() mutable {
    if (own_.size() >= most) return count_lost();
    own_.push_back(std::move(one));
    collect_soon(between_commits);
  });
}

// Once: after a fault it is not known whether they are there, and twice is worse than never.
void Ledger::write_own() {
  if (own_.empty()) return;
  const auto all = std::exchange(own_, {});
  try {
    store_->begin();
    for (const Entry& each : all) store_->add(each);
    store_->commit();
  } catch (...) {
    lost_.fetch_add(all.size(), std::memory_order_relaxed);
    throw;
  }
  written_.fetch_add(all.size(), std::memory_order_relaxed);
}

// Money comes first: nothing is opened for them, and the next collecting takes those with it that are left.
// What is lost here is a figure in a report: of too many the oldest go.
void Ledger::add_regrets(std::vector<LedgerStore::Regret> all) {
  constexpr std::size_t most = 20'000;
  asio::post(writing_, [this, more = std::move(all)]() mutable {
    regrets_.insert(regrets_.end(), std::make_move_iterator(more.begin()),
                    std::make_move_iterator(more.end()));
    if (regrets_.size() > most)
      regrets_.erase(regrets_.begin(), regrets_.end() - static_cast<std::ptrdiff_t>(most));
    if (store_) write_regrets();
  });
}

// Once: after a fault it is not known whether they are there, and twice is worse than never.
void Ledger::write_regrets() {
  if (regrets_.empty()) return;
  const auto all = std::exchange(regrets_, {});
  try {
    store_->add_regrets(all);
  } catch (const std::exception& fault) {
    faults_.fetch_add(1, std::memory_order_relaxed);
    if (!std::exchange(was_regret_lost_, true))
      say_(std::string("ledger: what better choices would have saved is not kept: ") + fault.what());
    store_.reset();
  }
}

void Ledger::bring_up_to_date() {
  std::promise<void> done;
  std::future<void> is_done = done.get_future();
  const auto kept = std::make_shared<std::promise<void>>(std::move(done));
  asio::post(writing_, [this, kept] {
    regular_.cancel();
    collect();
    kept->set_value();
  });
  is_done.wait_for(2s);
}

// What loops call for from then on is for whoever reads the journals next: a thread that went on for them
// would never end while there is traffic.
bool Ledger::finish(std::chrono::milliseconds limit) {
  if (!writer_.joinable()) return true;
  asio::post(writing_, [this] {
    is_ending_ = true;
    collect();
    regular_.cancel();
  });
  writes_.reset();
  reads_.reset();
  if (end_.wait_for(limit) != std::future_status::ready) return false;
  writer_.join();
  reading_.stop();
  reader_.join();
  return true;
}

}  // namespace gateway
