#include "gateway/record_file/market_file.hpp"

#include <cerrno>
#include <cstring>
#include <filesystem>

#include "gateway/state/read_whole.hpp"
#include "gateway/state/write_whole.hpp"
#include "providers/loop/named_thread.hpp"

namespace gateway {
namespace {

constexpr const char* file_name = "/market";

}  // namespace

MarketFile::MarketFile(std::string directory, Say say)
    : directory_(std::move(directory)), path_(directory_ + file_name), say_(std::move(say)) {}

MarketFile::~MarketFile() {
  if (thread_.joinable()) finish(std::chrono::hours(1));
}

std::optional<KeptMemory> MarketFile::read() const {
  const auto bytes = read_whole(path_);
  if (!bytes) {
    if (errno != ENOENT)
      say_("what the market knew is not taken up: `" + path_ + "`: " + std::strerror(errno));
    return std::nullopt;
  }
  auto found = kept_memory(*bytes);
  if (auto* kept = std::get_if<KeptMemory>(&found)) return std::move(*kept);
  say_("what the market knew is not taken up: `" + path_ + "` " + std::get<Unusable>(found).why);
  return std::nullopt;
}

void MarketFile::open() {
  state_ = State::running;
  thread_ = providers::named_thread("market file", [this] { run(); });
}

void MarketFile::keep(routing::MarketMemory memory, WallTime taken) {
  const std::lock_guard lock(mutex_);
  if (state_ != State::running) return;
  waiting_ = KeptMemory{std::move(memory), taken};
  changed_.notify_all();
}

bool MarketFile::finish(std::chrono::milliseconds limit) {
  if (!thread_.joinable()) return true;
  {
    std::unique_lock lock(mutex_);
    if (state_ == State::running) state_ = State::ending;
    changed_.notify_all();
    if (!changed_.wait_for(lock, limit, [this] { return state_ == State::ended; })) return false;
  }
  thread_.join();
  return true;
}

void MarketFile::run() {
  std::unique_lock lock(mutex_);
  for (;;) {
    changed_.wait(lock, [this] { return waiting_ || state_ == State::ending; });
    if (!waiting_) break;
    const KeptMemory kept = std::move(*waiting_);
    waiting_.reset();
    lock.unlock();
    write(kept);
    lock.lock();
  }
  state_ = State::ended;
  changed_.notify_all();
}

void MarketFile::write(const KeptMemory& kept) {
  const std::optional<std::string> fault = written(bytes_of(kept.memory, kept.taken));
  if (fault && !complained_) say_("what the market knows is not kept: " + *fault);
  complained_ = fault.has_value();
}

std::optional<std::string> MarketFile::written(const std::string& bytes) {
  std::error_code error;
  std::filesystem::create_directories(directory_, error);
  std::string why;
  if (!lock_) {
    if (auto lock = FileLock::take(path_, why)) lock_.emplace(std::move(*lock));
  }
  if (!lock_) return why;
  return write_whole(path_, bytes);
}

}  // namespace gateway
