#include "gateway/trace/export_thread.hpp"

#include <utility>

#include "providers/loop/named_thread.hpp"

namespace gateway {

ExportThread::ExportThread(std::chrono::milliseconds patience, Say say, Abort abort)
    : patience_(patience), say_(std::move(say)), abort_(std::move(abort)) {}

ExportThread::~ExportThread() {
  if (!finish()) thread_.join();
}

void ExportThread::begin(std::function<void()> work) {
  thread_ = providers::named_thread("export", [this, work = std::move(work)] {
    work();
    ended_.set_value();
  });
}

bool ExportThread::finish() {
  constexpr auto patience_for_abort = std::chrono::seconds(1);
  if (!thread_.joinable()) return true;
  {
    const std::lock_guard lock(mutex);
    if (!std::exchange(is_ending, true)) ends = std::chrono::steady_clock::now() + patience_;
  }
  wakes.notify_all();
  if (end_.wait_for(patience_) != std::future_status::ready && abort_) abort_();
  if (end_.wait_for(patience_for_abort) != std::future_status::ready) return false;
  thread_.join();
  return true;
}

void ExportThread::lost(const std::string& what) {
  if (!std::exchange(is_losing_, true)) say_(what);
}

void ExportThread::arrived(const std::string& what) {
  if (std::exchange(is_losing_, false)) say_(what);
}

}  // namespace gateway
