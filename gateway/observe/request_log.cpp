#include "gateway/observe/request_log.hpp"

#include <algorithm>
#include <condition_variable>
#include <deque>
#include <mutex>
#include <thread>

#include "gateway/observe/log_file.hpp"
#include "gateway/observe/log_line.hpp"
#include "providers/loop/named_thread.hpp"

namespace gateway {
namespace {

constexpr std::size_t hand_over_at = 64u << 10;
constexpr std::size_t usual_room = hand_over_at + (4u << 10), most_kept = 4 * hand_over_at;
// Some seconds of a full load.
constexpr std::size_t most_waiting = 4u << 20;
// Between two looks whether a reader that stopped goes on.
constexpr auto between_looks = std::chrono::milliseconds(100);

}  // namespace

struct RequestLog::Desk {
  struct Order {
    std::string lines;
    std::optional<config::LogSettings> open{};
  };

  mutable std::mutex mutex;
  std::condition_variable changed;  // for both sides
  std::deque<Order> orders;
  std::string spare{};      // empty: memory for more lines
  std::size_t waiting = 0;  // bytes of lines in `orders`
  std::uint64_t given = 0;  // orders, from the beginning
  std::uint64_t done = 0;
  std::uint64_t lost = 0;       // of lines that did not fit
  std::uint64_t file_lost = 0;  // of lines that could not be written
  bool opening = false;         // the file has not been opened yet
  std::optional<std::string> fault{};
  bool closing = false;
  bool ended = false;
};

RequestLog::RequestLog(const config::LogSettings& settings, std::chrono::milliseconds patience)
    : patience_(patience), desk_(std::make_shared<Desk>()) {
  gathered_.reserve(usual_room);
  providers::patient_thread("request log", [desk = desk_] { work(desk); }).detach();
  reopen(settings);
}

RequestLog::~RequestLog() {
  close();
}

void RequestLog::write(const Record& record) {
  const bool wanted = settings_.requests == config::LogRequests::all ||
                      (settings_.requests == config::LogRequests::failures &&
                       (record.ending == Ending::refused || record.ending == Ending::broken));
  if (!wanted || !refused_.admit(record, gathered_)) return;
  append_log_line(record, gathered_);
  if (gathered_.size() >= hand_over_at) flush();
}

void RequestLog::tell_left_out(config::WallTime now) {
  refused_.tell(now, gathered_);
  flush();
}

void RequestLog::flush() {
  if (gathered_.empty()) return;
  const std::lock_guard lock(desk_->mutex);
  if (desk_->waiting + gathered_.size() > most_waiting) {
    desk_->lost += static_cast<std::uint64_t>(std::count(gathered_.begin(), gathered_.end(), '\n'));
    gathered_.clear();
    return;
  }
  desk_->waiting += gathered_.size();
  desk_->orders.push_back({.lines = std::move(gathered_)});
  ++desk_->given;
  gathered_ = std::exchange(desk_->spare, {});
  gathered_.reserve(usual_room);
  desk_->changed.notify_all();
}

void RequestLog::reopen(const config::LogSettings& settings) {
  flush();
  settings_ = settings;
  {
    const std::lock_guard lock(desk_->mutex);
    // A thread that hangs opens the newest file when it goes on, and no other.
    if (!desk_->orders.empty() && desk_->orders.back().open) {
      desk_->orders.back().open = settings;
    } else {
      desk_->orders.push_back({.lines = {}, .open = settings});
      ++desk_->given;
    }
    desk_->opening = true;
    desk_->changed.notify_all();
  }
  settle(patience_);
}

std::optional<std::string> RequestLog::fault() const {
  const std::lock_guard lock(desk_->mutex);
  if (desk_->opening) return "`" + settings_.file + "` cannot be opened: the disk does not answer";
  return desk_->fault;
}

std::uint64_t RequestLog::lost() const {
  const std::lock_guard lock(desk_->mutex);
  return desk_->lost + desk_->file_lost;
}

bool RequestLog::settle(std::chrono::milliseconds limit) {
  std::unique_lock lock(desk_->mutex);
  return desk_->changed.wait_for(lock, limit, [&] { return desk_->done == desk_->given; });
}

void RequestLog::close() {
  tell_left_out(config::WallTime::max());
  std::unique_lock lock(desk_->mutex);
  desk_->closing = true;
  desk_->changed.notify_all();
  desk_->changed.wait_for(lock, patience_, [&] { return desk_->ended; });
}

void RequestLog::work(const std::shared_ptr<Desk>& desk) {
  LogFile file;
  std::unique_lock lock(desk->mutex);
  for (;;) {
    const auto has_work = [&] { return desk->closing || !desk->orders.empty(); };
    if (file.holds()) {
      desk->changed.wait_for(lock, between_looks, has_work);
    } else {
      desk->changed.wait(lock, has_work);
    }
    const bool last_round = desk->closing;
    std::deque<Desk::Order> orders = std::exchange(desk->orders, {});
    lock.unlock();
    std::size_t written = 0;
    for (Desk::Order& order : orders) {
      written += order.lines.size();
      file.append(order.lines);
      if (order.open) file.reopen(*order.open);
    }
    file.flush();
    lock.lock();
    desk->waiting -= written;
    desk->done += orders.size();
    if (!orders.empty() && orders.back().lines.capacity() <= most_kept)
      desk->spare = std::move(orders.back().lines);
    desk->file_lost = file.lost();
    desk->fault = file.fault();
    if (desk->done == desk->given) desk->opening = false;
    if (last_round && desk->orders.empty()) break;
    desk->changed.notify_all();
  }
  desk->ended = true;
  desk->changed.notify_all();
}

}  // namespace gateway
