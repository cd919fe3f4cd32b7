#include "gateway/record_file/storage.hpp"

#include <algorithm>
#include <boost/asio/post.hpp>
#include <cstdio>
#include <filesystem>

#include "gateway/observe/read_ahead.hpp"
#include "providers/loop/named_thread.hpp"
#include "providers/loop/run_to_end.hpp"
#include "providers/loop/spawn.hpp"

namespace gateway {
namespace {

namespace asio = boost::asio;
using namespace std::chrono_literals;

// A crash loses at most this.
constexpr config::Duration between_commits = 1s;
constexpr std::size_t most_uncommitted = 4'096;
constexpr std::size_t most_waiting = 65'536;

RecordLimits limits_of(const config::RecordsSettings& settings) {
  return {.max_size = settings.max_size, .keep = settings.keep};
}

// The file as it is, with all that SQLite keeps beside it, under another name.
void set_aside(const std::string& path, const std::string& suffix) {
  for (const char* part : {"", "-wal", "-shm"}) {
    std::rename((path + part).c_str(), (path + suffix + part).c_str());
  }
}

// Whether the file can be written to now. Says what is wrong, or what was done about it.
bool make_usable(const std::string& path, const Storage::Say& say) {
  try {
    Database database(path, Database::Mode::write);
    switch (kind_of(database)) {
      case RecordFileKind::empty:
      case RecordFileKind::ours:
      case RecordFileKind::recent:
      case RecordFileKind::older:
        return true;
      case RecordFileKind::foreign:
        say("records: " + path + " is a database of something else; name another file");
        return false;
      case RecordFileKind::other_version:
        break;
    }
  } catch (const SqliteFault& fault) {
    if (!fault.is_damage()) {
      say("records: cannot open " + path + ": " + fault.what());
      return false;
    }
    say("records: " + path + " is damaged or no database (" + fault.what() + "); it is kept as " + path +
        ".damaged, and a new one begun");
    set_aside(path, ".damaged");
    return true;
  }
  say("records: " + path + " was written by another version of isocost; it is kept as " + path +
      ".old, and a new one begun");
  set_aside(path, ".old");
  return true;
}

}  // namespace

std::unique_ptr<Storage> Storage::open(const config::RecordsSettings& settings, Say say,
                                       providers::WallClock wall) {
  std::string why;
  std::optional<FileLock> lock = FileLock::take(settings.file, why);
  if (!lock) {
    say("records: " + why);
    return nullptr;
  }
  if (!make_usable(settings.file, say)) return nullptr;
  std::unique_ptr<Storage> storage(new Storage(settings, std::move(say), std::move(wall), std::move(*lock)));
  if (!storage->reopen()) return nullptr;
  storage->run();
  return storage;
}

Storage::Storage(const config::RecordsSettings& settings, Say say, providers::WallClock wall, FileLock lock)
    : settings_(settings), say_(std::move(say)), wall_(std::move(wall)), lock_(std::move(lock)) {}

Storage::~Storage() {
  if (thread_.joinable()) finish();
}

bool Storage::reopen() {
  try {
    writer_.emplace(settings_.file, limits_of(settings_));
    if (latest_) {
      writer_->add(*latest_, wall_());
      missing_.found(latest_->version);
      first_uncommitted_ = latest_->version;
    }
    return true;
  } catch (const SqliteFault& fault) {
    writer_.reset();
    say_("records: cannot write " + settings_.file + ": " + fault.what());
    return false;
  }
}

bool Storage::is_open_again() {
  if (!pause_.is_over(config::Clock::now())) return false;
  if (reopen()) return true;
  pause_.begin(config::Clock::now());
  return false;
}

void Storage::failed(const std::exception& fault, std::size_t records) {
  lost_.fetch_add(records + std::exchange(uncommitted_, 0), std::memory_order_relaxed);
  if (first_uncommitted_ > 0) missing_.add(std::exchange(first_uncommitted_, 0), latest_->version);
  writer_.reset();  // what a disk that failed has taken is only known once the file was opened again
  pause_.begin(config::Clock::now());
  say_("records: cannot write " + settings_.file + ": " + fault.what() +
       "; records are dropped until it works");
}

template <class Work>
bool Storage::write(std::size_t records, Work work) {
  if (!writer_ && !is_open_again()) {
    lost_.fetch_add(records, std::memory_order_relaxed);
    return false;
  }
  try {
    if (writer_->uncommitted() == 0) commit_soon();
    work();
    uncommitted_ += records;
    if (writer_->uncommitted() >= most_uncommitted) commit();
    return true;
  } catch (const SqliteFault& fault) {
    failed(fault, records);
    return false;
  }
}

void Storage::commit_soon() {
  regular_.expires_after(between_commits);
  regular_.async_wait([this](boost::system::error_code error) {
    if (error || !writer_) return;
    try {
      commit();
    } catch (const SqliteFault& fault) {
      failed(fault, 0);
    }
  });
}

void Storage::commit() {
  writer_->commit(wall_());
  uncommitted_ = 0;
  first_uncommitted_ = 0;
}

void Storage::keep(std::shared_ptr<const routing::Snapshot> snapshot) {
  if (is_left_) {
    if (dropped_first_ == 0) dropped_first_ = snapshot->version;
    dropped_last_ = snapshot->version;
    return;
  }
  if (snapshots_waiting_.fetch_add(1) >= most_snapshots_waiting) {
    snapshots_waiting_.fetch_sub(1);
    if (dropped_first_ == 0) dropped_first_ = snapshot->version;
    dropped_last_ = snapshot->version;
    return;
  }
  asio::post(io_, [this, taken = std::move(snapshot), first = std::exchange(dropped_first_, 0),
                   last = dropped_last_] {
    if (first > 0) missing_.add(first, last);
    const bool kept = write(0, [&] { writer_->add(*taken, wall_()); });
    if (!kept) {
      missing_.add(taken->version, taken->version);
    } else if (first_uncommitted_ == 0 && writer_->uncommitted() > 0) {
      first_uncommitted_ = taken->version;
    }
    latest_ = taken;
    snapshots_waiting_.fetch_sub(1);
  });
}

void Storage::keep(std::vector<RecordPtr> records, GiveBack give_back) {
  const std::size_t count = records.size();
  if (is_left_) {
    lost_.fetch_add(count, std::memory_order_relaxed);
    return give_back(std::move(records));
  }
  if (waiting_.fetch_add(count) + count > most_waiting) {
    waiting_.fetch_sub(count);
    lost_.fetch_add(count, std::memory_order_relaxed);
    return give_back(std::move(records));
  }
  asio::post(io_, [this, batch = std::move(records), back = std::move(give_back),
                   first = std::exchange(dropped_first_, 0), last = dropped_last_]() mutable {
    if (first > 0) missing_.add(first, last);
    keep_batch(batch);
    waiting_.fetch_sub(batch.size());
    back(std::move(batch));
  });
}

void Storage::run() {
  work_.emplace(io_.get_executor());
  thread_ = providers::patient_thread("records", [this] {
    providers::run_to_end(
        io_, [this](const std::exception& fault) { say_(std::string("records: ") + fault.what()); });
    ended_.set_value();
  });
}

providers::Task<void> Storage::settle(asio::io_context& asker) {
  if (is_left_) co_return;
  co_await providers::elsewhere(io_, asker, [this] {
    if (!writer_) return 0;
    try {
      commit();
    } catch (const SqliteFault& fault) {
      failed(fault, 0);
    }
    return 0;
  });
}

bool Storage::can_be_replayed(const Record& record) const {
  return std::ranges::none_of(record.decisions, [&](const routing::LoggedDecision& decision) {
    return missing_.has(decision.snapshot);
  });
}

void Storage::keep_batch(const std::vector<RecordPtr>& batch) {
  std::size_t written = 0;
  for (std::size_t i = 0; i < batch.size(); ++i) {
    read_ahead(batch, i);
    if (can_be_replayed(*batch[i])) ++written;
  }
  lost_.fetch_add(batch.size() - written, std::memory_order_relaxed);
  write(written, [&] {
    for (const RecordPtr& record : batch) {
      if (const auto turned_away = refused(*record)) writer_->add(*turned_away);
      if (!is_replayable(*record) || !can_be_replayed(*record)) continue;
      log(*record, scratch_);
      writer_->add(scratch_, record->rules.get());
      give_back(scratch_, *record);
    }
  });
}

bool Storage::finish(std::chrono::milliseconds limit) {
  if (!thread_.joinable()) return true;
  if (work_) {
    asio::post(io_, [this] {
      regular_.cancel();
      if (!writer_) return;
      try {
        commit();
      } catch (const SqliteFault& fault) {
        failed(fault, 0);
      }
    });
    work_.reset();
  }
  if (end_.wait_for(limit) != std::future_status::ready) return false;
  thread_.join();
  return true;
}

bool Storage::hand_over(std::chrono::milliseconds limit) {
  is_left_ = true;
  if (!finish(limit)) return false;
  writer_.reset();
  lock_.reset();
  return true;
}

bool Storage::take_back() {
  if (!is_left_) return true;
  if (!finish(std::chrono::milliseconds(0))) return false;
  std::string why;
  if (!lock_) {
    if (auto lock = FileLock::take(settings_.file, why)) lock_.emplace(*std::move(lock));
  }
  if (!lock_) return false;
  io_.restart();
  ended_ = {};
  end_ = ended_.get_future();
  reopen();  // else it is tried again with what comes
  run();
  is_left_ = false;
  return true;
}

}  // namespace gateway
