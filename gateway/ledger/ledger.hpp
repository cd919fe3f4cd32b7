// The ledger of a running gateway: the journals that its data loops write, a thread that brings what is in
// them to disk in group commits, and another one that reads for those who ask. No request waits for a disk:
// while it takes nothing, the journals keep what comes, and what is in them when the process ends is taken up
// by the next.
#pragma once

#include <algorithm>
#include <atomic>
#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <functional>
#include <future>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "config/values/settings.hpp"
#include "gateway/ledger/journal.hpp"
#include "gateway/ledger/open_ledger.hpp"
#include "gateway/record_file/pause.hpp"
#include "providers/loop/spawn.hpp"
#include "providers/loop/wall_clock.hpp"

namespace gateway {

class Ledger {
 public:
  // Tells an operator something; called on any thread.
  using Say = std::function<void(const std::string&)>;
  struct Opening {
    std::string directory;
    config::LedgerSettings settings;
    std::size_t loops = 1;
    std::string gateway{};  // its name, where the ledger is shared
    providers::WallClock wall = providers::system_wall;
  };
  // Takes up what an earlier process left, whatever way it ended. Null where that cannot be done: `why`.
  static std::unique_ptr<Ledger> open(const Opening& opening, Say say, std::string& why);
  ~Ledger();
  Ledger(const Ledger&) = delete;
  Ledger& operator=(const Ledger&) = delete;
  static std::string file_in(const std::string& directory) { return directory + "/ledger.sqlite"; }

  // Before the threads run: what was used in the windows that quotas are in now.
  std::vector<Books::Past> past(const std::vector<Books::Question>& questions);
  void run();
  // The same while it runs, of what was there until now: `take` gets it, on a thread of the ledger's.
  using Take = std::function<void(std::vector<Books::Past>)>;
  void past(std::vector<Books::Question> questions, Take take);

 private:
  void past_until(config::WallTime until, std::vector<Books::Question> questions, Take take);

 public:
  // Reads for one who is told on a thread of the ledger's, of null where it cannot be read now.
  void read(std::function<void(LedgerStore*)> take);

  Journal& journal(std::size_t loop) { return *journals_[loop]; }
  // Something was put into a journal. Called from data loops.
  void wrote() {
    if (!is_called_.exchange(true, std::memory_order_acq_rel)) call();
  }
  void count_lost() { lost_.fetch_add(1, std::memory_order_relaxed); }
  std::uint64_t lost() const { return lost_.load(std::memory_order_relaxed); }
  std::uint64_t written() const { return written_.load(std::memory_order_relaxed); }
  std::uint64_t faults() const { return faults_.load(std::memory_order_relaxed); }
  // How long ago all that there was then was on disk; from any thread.
  config::Duration behind() const {
    return config::Clock::now() -
           config::TimePoint(config::Duration(caught_up_.load(std::memory_order_relaxed)));
  }
  // What its journals hold; from any thread.
  Journal::Use use() const {
    Journal::Use all;
    for (const auto& journal : journals_) {
      const Journal::Use here = journal->use();
      all.waiting += here.waiting;
      all.share = std::max(all.share, here.share);
    }
    return all;
  }
  // The entry of a request of the gateway's own, which no loop served; from any thread. Where nothing can be
  // written now, it goes when it works again.
  void add(Entry entry);
  // Choices judged afterwards; from any thread. Where nothing can be written now, they go when it
  // works again.
  void add_regrets(std::vector<LedgerStore::Regret> all);
  bool is_writing() const { return is_writing_.load(std::memory_order_relaxed); }

  // Reads, for one who waits on its own loop, with all that was written by now. Throws what `read` throws.
  template <class Read>
  auto ask(boost::asio::io_context& asker, Read read)
      -> providers::Task<std::invoke_result_t<Read, LedgerStore&>> {
    // Named: GCC 12 destroys what is made within an awaited call twice.
    const auto made = [this, read] {
      bring_up_to_date();
      return reading([&read](LedgerStore& store) { return read(store); });
    };
    co_return co_await providers::elsewhere(reading_, asker, made);
  }
  // Changes something that is not an entry, on the thread that writes, with all that is in the journals by
  // then.
  template <class Change>
  auto change(boost::asio::io_context& asker, Change work)
      -> providers::Task<std::invoke_result_t<Change, LedgerStore&>> {
    const auto made = [this, work] {
      collect();
      const auto store = open_ledger(place_, LedgerStore::Mode::write);
      if (store_) store_->forget_names();
      return work(*store);
    };
    co_return co_await providers::elsewhere(writing_, asker, made);
  }
  // Brings all to disk and ends the threads. False where the disk did not let that end within `limit`.
  bool finish(std::chrono::milliseconds limit);

  // What is told of the requests of a process that was here before this one and still serves, at once and
  // then on the thread that writes: every tenth of a second what they have set aside, and what they used.
  struct Elsewhere {
    // So much is set aside for one that is under way there; told again where that changes.
    std::function<void(const Entry& of, Amounts most)> under_way;
    // One has ended and used so much, whether it was told of before or not; nothing, where nobody knows.
    std::function<void(const Entry& of, Amounts used)> ended;
  };
  // Before the threads run.
  void on_elsewhere(Elsewhere tell);
  // Gives the store to another process, which reads what these journals still get: brings all to disk first,
  // and ends the threads. False where that did not end within `limit`; whatever it returns, take_back() is
  // the only way on.
  bool hand_over(std::chrono::milliseconds limit);
  // That one is gone. False: it cannot be opened yet.
  bool take_back();

 private:
  Ledger(const Opening& opening, Say say);
  void take_up();
  void follow(const std::vector<std::string>& living);
  void look_elsewhere();
  void release_missing();
  void leave_those_who_ended(const std::vector<std::string>& ended);
  std::vector<std::string> ended_elsewhere() const;
  void call();
  void collect_soon(std::chrono::milliseconds wait);
  void collect();
  bool write_some();
  void forget_old();
  void failed(const std::exception& fault);
  void bring_up_to_date();
  void write_regrets();
  void write_own();
  std::vector<Books::Past> past_in(LedgerStore& store, const std::vector<Books::Question>& questions) const;
  // Until what failed is tried again.
  static constexpr std::chrono::milliseconds after_a_fault{1'000};

  // On the thread that reads. A connection is kept, a file is opened each time.
  template <class Read>
  auto reading(Read read) {
    if (!read_store_) read_store_ = open_ledger(place_, LedgerStore::Mode::read);
    struct Drop {
      std::unique_ptr<LedgerStore>& store;
      bool is_kept = false;
      ~Drop() {
        if (!is_kept) store.reset();
      }
    } drop{read_store_};
    auto result = read(*read_store_);
    drop.is_kept = place_.is_shared();
    return result;
  }

  const Opening opening_;
  const LedgerPlace place_;
  Say say_;
  std::unique_ptr<LedgerStore> store_;       // null after a fault, until it could be opened again
  std::unique_ptr<LedgerStore> read_store_;  // of the thread that reads
  std::vector<std::unique_ptr<Journal>> journals_;
  // Of a process that was here before this one and still serves; of the thread that writes.
  struct Followed {
    std::string path;
    std::unique_ptr<Journal> journal;
    // Who is under way there, by the request's id, as it was told.
    struct UnderWay {
      Entry of;
      Amounts most{};
      bool is_missing = false;  // its place is free by now
    };
    std::map<std::string, UnderWay> under_way{};
  };
  void look_at(Followed& there);
  void end_all(Followed& there);
  std::vector<Followed> followed_;
  Elsewhere elsewhere_;
  std::atomic<bool> is_called_{false};
  std::atomic<std::int64_t> caught_up_{config::Clock::now().time_since_epoch().count()};
  std::atomic<bool> is_writing_{true};
  bool was_regret_lost_ = false;  // was said
  std::atomic<std::uint64_t> lost_{0}, written_{0}, faults_{0};
  std::chrono::steady_clock::time_point next_forgetting_{};
  std::chrono::steady_clock::time_point next_sync_{};
  std::vector<LedgerStore::Regret> regrets_;  // of the thread that writes
  std::vector<Entry> own_;                    // likewise
  bool is_in_doubt_ = false;                  // whether the last commit was one
  bool is_ending_ = false;                    // of the thread that writes: it collects for the last time
  boost::asio::io_context writing_{1}, reading_{1};
  using Guard = boost::asio::executor_work_guard<boost::asio::io_context::executor_type>;
  std::optional<Guard> writes_, reads_;
  boost::asio::steady_timer regular_{writing_};
  std::promise<void> ended_;
  std::future<void> end_ = ended_.get_future();
  std::thread writer_, reader_;
};

}  // namespace gateway
